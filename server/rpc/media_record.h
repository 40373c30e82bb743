// Media between the wire and the catalogue, and what job documents and media records have in common.
#ifndef INTERNEG_SERVER_RPC_MEDIA_RECORD_H_
#define INTERNEG_SERVER_RPC_MEDIA_RECORD_H_

#include <string>

#include "absl/status/statusor.h"
#include "interneg/v1/job_spec.pb.h"
#include "interneg/v1/media.pb.h"
#include "server/scheduling/catalog_book.h"

namespace interneg::rpc {

using WireOffsets = google::protobuf::RepeatedPtrField<v1::ConformOffset>;

v1::Media ToWire(const scheduling::Media& media);

// Errors: INVALID_ARGUMENT that begins with the field's name: a path, range, text or offset that cannot be.
absl::StatusOr<scheduling::Media> ReadMedia(const v1::CreateMediaRequest& request);

// What the mask names. Errors: INVALID_ARGUMENT (an empty mask, a field that is none of an element, a text, an offset).
absl::StatusOr<scheduling::ElementChange> ReadElementChange(const v1::UpdateMediaRequest& request);

// Errors: INVALID_ARGUMENT: a range that does not parse, a frame with two offsets.
absl::Status CheckConformOffsets(const std::string& field, const WireOffsets& offsets);

// Errors: INVALID_ARGUMENT: matrix or range are set for files; a pulldown without a cadence, with a phase that it has
// not or a first frame that no video numbers.
absl::Status CheckReading(const std::string& field, const v1::FrameSource& source);

// What makes a medium the one it is.
scheduling::MediaFrames FramesOf(const v1::FrameSource& source);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_MEDIA_RECORD_H_
