// What a dataset may hold, and what it must hold before a model is trained on it.
#ifndef INTERNEG_SERVER_RPC_DATASET_CONTENT_H_
#define INTERNEG_SERVER_RPC_DATASET_CONTENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "interneg/v1/dataset.pb.h"

namespace interneg::rpc {

// The newest version of DatasetContent's form.
inline constexpr int kContentSchema = 1;

// A medium of the dataset's project.
struct DatasetMedium {
  v1::FrameSource source;
  std::vector<int> frames;  // ascending
};

// Holds at every moment of a draft. The media are those that the content names.
// Errors: INVALID_ARGUMENT naming field or frame with the remedy: no recovery, a frame outside its medium's range or
// named twice, a timecode or text of a wrong form, a crop that is none, a preparation step that its side does not take.
absl::Status CheckContent(const v1::DatasetContent& content, const DatasetMedium& source,
                          const DatasetMedium& reference);

enum class HeldOut { kRequired, kWhereThereIsOne };

// Holds of a locked version, beside the above.
// Errors: FAILED_PRECONDITION naming the frame with the remedy: fewer than two pairs to train on, none held out, a
// constructed reference without citation or note, without an alignment a partner of another number.
absl::Status CheckComplete(const v1::DatasetContent& content, HeldOut held_out);

// Of a crop in source pixels: an even size, nothing beyond 0,0 or 2^20. Errors: INVALID_ARGUMENT that begins with
// `field`.
absl::Status CheckCrop(std::string_view field, const v1::PictureArea& crop);

// Source frames, ascending.
std::vector<int> TrainingFrames(const v1::DatasetContent& content);
std::vector<int> HeldOutFrames(const v1::DatasetContent& content);

// What is written into the form that is hashed: schema, the media's frames, pairs in order.
void Settle(const DatasetMedium& source, const DatasetMedium& reference, v1::DatasetContent& content);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_DATASET_CONTENT_H_
