// One hash over pictures as their files hold them.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PICTURE_HASH_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PICTURE_HASH_H_

#include <memory>
#include <string>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::jobs {

// SHA-256 over frame numbers, sizes and samples in the order they are added. To be fed with pictures as they were read,
// before any conversion: arithmetic may differ between machines, what a file holds does not.
class PictureHash {
 public:
  PictureHash();
  ~PictureHash();
  PictureHash(const PictureHash&) = delete;
  PictureHash& operator=(const PictureHash&) = delete;

  void Add(int frame, const image::Image& picture);
  std::string Hex() const;  // of what was added so far; 64 lower-case digits

 private:
  struct Digest;
  std::unique_ptr<Digest> digest_;
};

// SHA-256 of a text, 64 lower-case digits.
std::string TextHash(std::string_view text);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PICTURE_HASH_H_
