// Colour management: which space a picture is in, how it gets into the training domain and out again.
//
// This module owns the OCIO configuration (built-in ACES or a studio's file), the conversions, the training domain and
// the composition of held and predicted planes. It knows nothing of files of pixels, networks or metrics. OCIO itself
// stays behind opaque types: no OCIO header is needed by whoever includes these.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_COLOR_CONFIG_H_
#define INTERNEG_WORKER_ENGINE_COLOR_COLOR_CONFIG_H_

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::color {

// Thrown by everything in this module; the text names the space or file, what is wrong and the remedy.
class ColorError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An OCIO configuration, immutable once loaded. Copies share it. Every const function may be called from any thread.
class ColorConfig {
 public:
  // Interneg's own ACES configuration, compiled in. Carries the ACES 1.3 names, the ACES 1.2 names as aliases, and both
  // routes to the Rec.709 ODT (display/view, and the colour space "Output - Rec.709").
  static ColorConfig BuiltIn();

  // An OCIO v1 or v2 configuration file. Every file transform must lie beneath the configuration's folder.
  // Throws ColorError when it cannot be read, does not parse, or names a LUT outside its folder or one that is missing.
  static ColorConfig FromFile(const std::string& path);

  // A configuration given as text, without file transforms (they are refused). `name` stands in error messages.
  static ColorConfig FromText(const std::string& text, const std::string& name);

  // "" or "builtin" → BuiltIn(); anything else → FromFile().
  static ColorConfig FromOption(const std::string& path_or_builtin);

  // The colour-space name behind a name, alias or role (any case). This is what is stored.
  // Throws ColorError listing the nearest names when there is none, or when the space holds data, not colour.
  std::string Resolve(std::string_view name) const;

  // True when Resolve() would succeed.
  bool Knows(std::string_view name) const;

  // Where the well-known encodings lie in this configuration, by the names of ACES 1.3 and 1.2. Each throws ColorError
  // with what is missing when the configuration has none.
  std::string Aces2065() const;
  std::string AcesCg() const;
  std::string AcesCct() const;
  std::string LinearRec709() const;
  std::string Rec709Gamma24() const;

  // All colour-space names, in the order of the configuration.
  std::vector<std::string> SpaceNames() const;

  // SHA-256 (64 hexadecimal digits) of the configuration's text and of every file it refers to; the same on every
  // machine that holds the same bytes.
  const std::string& hash() const;

  // "built-in ACES 1.3" or the file's path, for messages and delivery notes.
  const std::string& description() const;

  // For this module's own sources only.
  struct Contents;
  const Contents& contents() const { return *contents_; }

 private:
  explicit ColorConfig(std::shared_ptr<const Contents> contents) : contents_(std::move(contents)) {}
  std::shared_ptr<const Contents> contents_;
};

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_COLOR_CONFIG_H_
