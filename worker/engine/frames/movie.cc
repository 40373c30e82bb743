#include "worker/engine/frames/movie.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "worker/engine/frames/decoder_pool.h"
#include "worker/engine/frames/movie_picture.h"
#include "worker/engine/frames/movie_stream.h"
#include "worker/engine/frames/movie_tags.h"

namespace interneg::frames {
namespace {

// Containers whose packets are one picture each and carry true presentation times.
bool TimesCanBeTrusted(const MovieInput& input) {
  if (!input.IsOf("mov") && !input.IsOf("matroska") && !input.IsOf("mxf")) return false;
  const auto& stream = *input.stream().codecpar;
  switch (stream.codec_id) {
    // Field pairs may stand in two packets.
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
      return stream.field_order == AV_FIELD_PROGRESSIVE;
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
      return true;
    default:
      break;
  }
  const auto* codec = avcodec_descriptor_get(stream.codec_id);
  return codec != nullptr && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

MovieIndex IndexOf(const std::shared_ptr<const MovieFile>& file, const MovieInput& input,
                   const std::vector<MoviePacket>& packets) {
  if (TimesCanBeTrusted(input)) {
    if (auto index = MovieIndex::ByTimestamps(packets)) return *std::move(index);
  }
  MovieInput again(file);
  auto shown = ShownOrder(again, file->shown);
  std::erase_if(shown, [&](int ordinal) {
    const auto at = static_cast<std::size_t>(ordinal);
    return at >= packets.size() || !packets[at].is_shown;
  });
  return MovieIndex::ByDecoding(packets, shown);
}

// How many packets, at least, the end of the file took with it.
int LostPackets(const MovieInput& input, const PacketList& list, std::optional<int> stated) {
  const int listed = static_cast<int>(list.packets.size());
  if (stated && *stated > listed) return *stated - listed;
  const auto stated_end = input.StatedEndSeconds();
  if (stated_end && listed > 1) {
    std::int64_t last = 0, first = std::numeric_limits<std::int64_t>::max();
    for (const auto& packet : list.packets) {
      if (packet.pts == kNoTimestamp) continue;
      last = std::max(last, packet.pts);
      first = std::min(first, packet.pts);
    }
    const double tick = av_q2d(input.stream().time_base);
    const double interval = static_cast<double>(last - first) * tick / (listed - 1);
    const double lost = *stated_end - static_cast<double>(last) * tick - interval;
    if (lost > 2.0 * interval) return static_cast<int>(lost / interval);
  }
  return list.broken ? 1 : 0;
}

}  // namespace

bool IsMovieExtension(std::string_view extension) {
  constexpr std::array<std::string_view, 14> kMovies{"mp4",  "m4v", "mov", "mxf", "mkv", "webm", "mpg",
                                                     "mpeg", "m2v", "vob", "avi", "ts",  "mts",  "m2ts"};
  return std::find(kMovies.begin(), kMovies.end(), extension) != kMovies.end();
}

struct Movie::Contents {
  std::shared_ptr<const MovieFile> file;
  std::unique_ptr<MovieIndex> index;
  MovieFacts facts;
  AVCodecID codec = AV_CODEC_ID_NONE;
  std::unique_ptr<DecoderPool> decoders;

  std::string Shown(int frame) const { return file->shown + " (frame " + std::to_string(frame) + ")"; }
  FramePointer Fetch(int frame) const;
  void RequireFrame(int frame) const;
};

void Movie::Contents::RequireFrame(int frame) const {
  if (frame >= 1 && frame <= facts.frame_count) return;
  const std::string cut =
      facts.is_cut_off && frame <= facts.stated_frames
          ? ": the file is cut off and states " + std::to_string(facts.stated_frames) + "; copy it again"
          : "";
  throw FrameError(FrameFault::kMissing,
                   Shown(frame) + ": the movie has frames 1-" + std::to_string(facts.frame_count) + cut);
}

FramePointer Movie::Contents::Fetch(int frame) const {
  RequireFrame(frame);
  auto picture = decoders->Fetch(frame - 1);
  const image::Size size{picture->width, picture->height};
  if (size == facts.frame.size) return picture;
  throw FrameError(FrameFault::kUnreadable, Shown(frame) + ": the picture is " + std::to_string(size.width_px) + "x" +
                                                std::to_string(size.height_px) + ", the movie states " +
                                                std::to_string(facts.frame.size.width_px) + "x" +
                                                std::to_string(facts.frame.size.height_px) +
                                                "; split the movie where its size changes");
}

Movie::Movie(const Roots& roots, const Location& file, const MovieOverrides& overrides)
    : contents_(std::make_unique<Contents>()) {
  auto opened = std::make_shared<MovieFile>();
  opened->descriptor = roots.OpenFile(file);
  opened->shown = roots.Shown(file);
  contents_->file = opened;
  MovieInput input(contents_->file);
  const auto stated_packets = input.StatedPackets();  // before the list is made: a fragmented movie's grows with it
  auto list = ListPackets(input);
  const int lost = LostPackets(input, list, stated_packets);
  if (lost > 0) list.packets = WithoutUncertainTail(std::move(list.packets));
  contents_->index = std::make_unique<MovieIndex>(IndexOf(contents_->file, input, list.packets));
  if (contents_->index->frame_count() == 0) {
    throw FrameError(FrameFault::kUnreadable, opened->shown +
                                                  ": the movie holds no picture that can be decoded; it is "
                                                  "damaged or cut off, copy it again");
  }
  contents_->codec = input.stream().codecpar->codec_id;
  contents_->facts = FactsOf(input, *contents_->index, overrides, opened->shown);
  if (lost > 0) {
    auto& facts = contents_->facts;
    facts.is_cut_off = true;
    facts.stated_frames = std::max(facts.frame_count, static_cast<int>(list.packets.size()) + lost);
    facts.notes.push_back("the movie is cut off after frame " + std::to_string(facts.frame_count) + " of " +
                          std::to_string(facts.stated_frames) + " or more; copy it again");
  }
  contents_->decoders = std::make_unique<DecoderPool>(contents_->file, *contents_->index, kMostDecoders);
}

Movie::~Movie() = default;

const MovieFacts& Movie::facts() const {
  return contents_->facts;
}

FrameFacts Movie::Probe(int frame) const {
  contents_->RequireFrame(frame);
  FrameFacts facts = contents_->facts.frame;
  facts.metadata = MetadataAfter(facts.metadata, frame - 1);
  return facts;
}

Frame Movie::Read(int frame, const std::string& color_space) const {
  const auto picture = contents_->Fetch(frame);
  Frame out;
  out.facts = Probe(frame);
  const PictureCoding coding{contents_->facts.matrix, contents_->facts.range};
  try {
    out.rgb = PictureOf(*picture, coding, contents_->codec, color_space);
  } catch (const std::invalid_argument& error) {
    throw FrameError(FrameFault::kUnsupported, contents_->Shown(frame) + ": " + error.what());
  }
  out.notes = contents_->facts.notes;
  if (out.facts.channels.size() == 1) out.notes.emplace_back("one grey channel was replicated to R, G and B");
  if (out.facts.channels.back() == "A") out.notes.emplace_back("dropped: A");
  return out;
}

std::string Movie::HashOf(int frame) const {
  return frames::HashOf(*contents_->Fetch(frame));
}

}  // namespace interneg::frames
