// Options that name the two elements which a stage compares.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_ELEMENT_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_ELEMENT_OPTIONS_H_

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/movie_options.h"

namespace interneg::commands {

// Each element as frames (scan/f.%04d.exr, tape.mov, root:path) or as the id of a registered medium.
struct ElementOptions {
  std::string source;
  std::string reference;
  std::string range;            // empty: the medium's, else all that there are
  std::string reference_range;  // empty: as ReferenceFrames says; a medium's own
  std::string source_space;
  std::string reference_space;
  MovieOptions source_movie;     // empty: the medium's
  MovieOptions reference_movie;  // empty: the medium's
  ColorOptions color;
};

// Adds the options, colour among them. `earlier` names the option that stands in their place (" without --match").
void AddElementOptions(CLI::App& command, ElementOptions& options, const std::string& earlier = "");

// What the reference's frames are when nothing says so.
enum class ReferenceFrames {
  kPresent,        // all that there are: elements that are still to be matched
  kSourceNumbers,  // those of the source: a partner has its source's number
};

struct Elements {
  Sequence source;
  Sequence reference;
  v1::ColorSettings color;
};

// Asks the server for media only. INVALID_ARGUMENT names the option: what ParseSequence refuses, an
// element that is missing, twice the same frames; NOT_FOUND (medium).
absl::StatusOr<Elements> ReadElements(Context& context, const ElementOptions& options, ReferenceFrames reference);

// INVALID_ARGUMENT when an option is given that an earlier job has settled; `giver` is the option that names it.
absl::Status CheckUnsaid(const ElementOptions& options, const std::string& giver);

// Parses a range of frames of the element. INVALID_ARGUMENT names the option, the frame outside, and `range_option`. Of
// an element without a range a worker alone can tell what lies outside.
absl::StatusOr<std::vector<int>> FramesWithin(const std::string& option, const std::string& text,
                                              const v1::FrameSource& element, const std::string& range_option);

template <class Job>
void FillElements(const Elements& elements, Job& job) {
  *job.mutable_source() = elements.source.source;
  *job.mutable_reference() = elements.reference.source;
  *job.mutable_color() = elements.color;
}

// The elements of an earlier stage.
template <class From, class Job>
void CopyElements(const From& from, Job& job) {
  *job.mutable_source() = from.source();
  *job.mutable_reference() = from.reference();
  *job.mutable_color() = from.color();
}

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_ELEMENT_OPTIONS_H_
