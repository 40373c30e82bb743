// The decoders of one movie; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_DECODER_POOL_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_DECODER_POOL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "worker/engine/frames/movie_decoder.h"

namespace interneg::frames {

// Fetch may be called from several threads. `index` outlives the pool.
class DecoderPool {
 public:
  DecoderPool(std::shared_ptr<const MovieFile> file, const MovieIndex& index, int most);

  // As MovieDecoder::Fetch, by the decoder that is nearest; waits when all are busy.
  FramePointer Fetch(int position);

 private:
  std::unique_ptr<MovieDecoder> Borrow(int position);
  void Return(std::unique_ptr<MovieDecoder> decoder);

  const std::shared_ptr<const MovieFile> file_;
  const MovieIndex& index_;
  const int most_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<MovieDecoder>> idle_;  // by mutex_; the one used last stands last
  int opened_ = 0;                                   // by mutex_; idle ones and borrowed ones
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_DECODER_POOL_H_
