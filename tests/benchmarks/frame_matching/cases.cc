#include "tests/benchmarks/frame_matching/cases.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace interneg::benchmarks {
namespace {

Item Whole(int frame) { return {frame, frame, Item::Kind::kWhole, 0.0}; }

Edit Straight(int count) {
  Edit out;
  for (int f = 0; f < count; ++f) out.push_back(Whole(f));
  return out;
}

Edit Without(const Edit& edit, double share, cv::RNG& random) {
  Edit out;
  for (const Item& item : edit) {
    if (random.uniform(0.0, 1.0) >= share) out.push_back(item);
  }
  return out;
}

Edit WithRepeats(const Edit& edit, double share, cv::RNG& random) {
  Edit out;
  for (const Item& item : edit) {
    out.push_back(item);
    if (random.uniform(0.0, 1.0) < share) out.push_back(item);
  }
  return out;
}

// Every video frame shows the film frame that runs at its time.
Edit Rerated(const Edit& edit, int to, int from) {
  Edit out;
  for (int k = 0; k * from / to < static_cast<int>(edit.size()); ++k) out.push_back(edit[k * from / to]);
  return out;
}

// Frames of clips that differ in shape have nothing to mix.
Item Mixed(const Film& film, const Item& mixture) {
  return film.frames[mixture.a].size() == film.frames[mixture.b].size() ? mixture : Whole(mixture.a);
}

Edit Blended(const Film& film, const Edit& edit, int to, int from) {
  Edit out;
  for (int k = 0;; ++k) {
    const int at = k * from / to;
    if (at + 1 >= static_cast<int>(edit.size())) return out;
    const double share = static_cast<double>(k * from % to) / to;
    const int a = edit[at].a, b = edit[at + 1].a;
    out.push_back(share == 0.0 ? Whole(a) : Mixed(film, {a, b, Item::Kind::kBlend, share}));
  }
}

// Film at 24, video at 29.97 (30000/1001) that shows whole frames at their times: five for four, and one less in a
// thousand.
Edit Video2997(const Edit& edit) {
  return Rerated(edit, 1250, 1001);
}

// A A, B B, B C, C D, D D: fields 2 3 2 3.
Edit Woven32(const Film& film, const Edit& edit) {
  Edit out;
  for (std::size_t k = 0; k + 3 < edit.size(); k += 4) {
    const int a = edit[k].a, b = edit[k + 1].a, c = edit[k + 2].a, d = edit[k + 3].a;
    out.insert(out.end(), {Whole(a), Whole(b), Mixed(film, {b, c, Item::Kind::kWoven, .5}), Mixed(film, {c, d, Item::Kind::kWoven, .5}), Whole(d)});
  }
  return out;
}

// Pieces of the film of 30 to 90 frames: each side keeps some, shortens them, and puts them in an order of its own.
Edit Recut(const Film& film, double kept, cv::RNG& order, cv::RNG& random) {
  struct Piece {
    int first, last;
  };
  std::vector<Piece> pieces;
  for (const auto& clip : film.clips) {
    for (int first = clip.first; first <= clip.last;) {
      const int last = std::min(clip.last, first + order.uniform(30, 90));
      if (last - first >= 12) pieces.push_back({first, last});
      first = last + 1;
    }
  }
  for (int k = static_cast<int>(pieces.size()) - 1; k > 0; --k) {
    if (random.uniform(0.0, 1.0) < .4) std::swap(pieces[k], pieces[random.uniform(0, k + 1)]);
  }
  Edit out;
  for (const Piece& piece : pieces) {
    const int head = random.uniform(0, 6), tail = random.uniform(0, 6);
    if (random.uniform(0.0, 1.0) > kept) continue;
    for (int f = piece.first + head; f <= piece.last - tail; ++f) out.push_back(Whole(f));
  }
  return out;
}

Edit ClipsOf(const Film& film, std::size_t remainder) {
  Edit out;
  for (std::size_t k = 0; k < film.clips.size(); ++k) {
    if (k % 2 != remainder) continue;
    for (int f = film.clips[k].first; f <= film.clips[k].last; ++f) out.push_back(Whole(f));
  }
  return out;
}

}  // namespace

std::vector<Case> MakeCases(const Film& film, std::uint64_t seed) {
  cv::RNG random(seed * 7919 + 17);
  const Edit all = Straight(static_cast<int>(film.frames.size()));
  const auto pieces = [&] { return cv::RNG(seed * 31 + 5); };
  cv::RNG a = pieces(), b = pieces();
  const Edit cut_source = Recut(film, .75, a, random), cut_reference = Recut(film, .75, b, random);
  cv::RNG c = pieces(), d = pieces();
  const Edit wild_source = WithRepeats(Without(Recut(film, .8, c, random), .01, random), .01, random);
  const Edit wild_reference = Rerated(Without(Recut(film, .8, d, random), .01, random), 25, 24);
  return {{"one to one", all, all},
          {"cuts", cut_source, cut_reference},
          {"drops 3 %", Without(all, .03, random), Without(all, .03, random)},
          {"repeats 3 %", WithRepeats(all, .03, random), WithRepeats(all, .03, random)},
          {"24 to 25, repeats", all, Rerated(all, 25, 24)},
          {"24 to 25, blended", all, Blended(film, all, 25, 24)},
          {"25 to 24, drops", all, Rerated(all, 24, 25)},
          {"18 to 25", all, Rerated(all, 25, 18)},
          {"16 to 24", all, Rerated(all, 24, 16)},
          {"20 to 24", all, Rerated(all, 24, 20)},
          {"20 to 25", all, Rerated(all, 25, 20)},
          {"24 to 29.97", all, Video2997(all)},
          {"source 25, reference 18", Rerated(all, 25, 18), all},
          {"3:2 woven", all, Woven32(film, all)},
          {"3:2 inverse-telecined", all, Without(all, .004, random)},
          {"source woven 3:2", Woven32(film, all), all},
          {"cuts, drops, repeats, 24 to 25", wild_source, wild_reference},
          {"no overlap", ClipsOf(film, 0), ClipsOf(film, 1)},
          {"one frame", {all[all.size() / 3]}, all}};
}

}  // namespace interneg::benchmarks
