// What libav says of a stream while it decodes it; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_DECODER_COMPLAINTS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_DECODER_COMPLAINTS_H_

#include <atomic>

#include "worker/engine/frames/libav_handles.h"

namespace interneg::frames {

// With several threads libavcodec may hand out a picture whose damage it noticed, concealed and wrote to its log, but
// did not mark: another thread's copy of the picture carries the mark. The line in the log comes before the picture
// does (a picture is handed out only when every packet up to the one in turn is done), so a codec that complained is
// not to be believed. libav has one log for the whole process; while this module is in use, nothing of it is printed.
class DecoderComplaints {
 public:
  DecoderComplaints();
  ~DecoderComplaints();
  DecoderComplaints(const DecoderComplaints&) = delete;
  DecoderComplaints& operator=(const DecoderComplaints&) = delete;

  // From now on what is said of this codec counts here. It must be closed before this ends.
  void Watch(AVCodecContext& codec);

  bool Any() const { return count_ > 0; }
  void Forget() { count_ = 0; }

 private:
  static void Listen(void* object, int level, const char* format, va_list arguments);
  std::atomic<int> count_ = 0;
};

// Keeps libav's lines out of the engine's log.
void SilenceLibav();

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_DECODER_COMPLAINTS_H_
