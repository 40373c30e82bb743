#include "worker/engine/frames/decoder_complaints.h"

#include <mutex>
#include <set>
#include <string_view>

extern "C" {
#include <libavutil/log.h>
}

namespace interneg::frames {
namespace {

// libav's log is the process's, so is the list of those that listen to it: another user of libav may have set a codec's
// opaque pointer to anything.
struct Listeners {
  std::mutex mutex;
  std::set<const void*> known;  // by mutex
};
Listeners& TheListeners() {
  static Listeners listeners;
  return listeners;
}

}  // namespace

DecoderComplaints::DecoderComplaints() {
  const std::lock_guard lock(TheListeners().mutex);
  TheListeners().known.insert(this);
  av_log_set_callback(&Listen);
}

DecoderComplaints::~DecoderComplaints() {
  const std::lock_guard lock(TheListeners().mutex);
  TheListeners().known.erase(this);
}

void DecoderComplaints::Watch(AVCodecContext& codec) {
  codec.opaque = this;
}

void DecoderComplaints::Listen(void* object, int level, const char* format, va_list) {
  if (object == nullptr || *static_cast<const AVClass**>(object) != avcodec_get_class()) return;
  // Concealment is said in passing, at the level of information.
  if (level > AV_LOG_WARNING && !std::string_view(format).starts_with("concealing")) return;
  void* const opaque = static_cast<AVCodecContext*>(object)->opaque;
  const std::lock_guard lock(TheListeners().mutex);
  if (TheListeners().known.contains(opaque)) ++static_cast<DecoderComplaints*>(opaque)->count_;
}

void SilenceLibav() {
  av_log_set_level(AV_LOG_QUIET);
}

}  // namespace interneg::frames
