#include "worker/engine/validation/held_plane_proof.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "worker/engine/validation/quantisation_bound.h"

namespace interneg::validation {
namespace {

// Rows computed at a time, so that the eight corners of a 4K frame need tens of megabytes and not gigabytes.
constexpr int kStripRows = 64;

void RequireSameSize(const image::Image& a, const image::Image& b) {
  if (a.size() != b.size()) throw std::invalid_argument("held-plane proof: the pictures differ in size");
}

void RequireSomethingHeld(HeldPlanes held) {
  if (held == HeldPlanes::kNothing) throw std::invalid_argument("held-plane proof: nothing is held");
}

std::vector<int> PlanesOf(HeldPlanes held) {
  switch (held) {
    case HeldPlanes::kLuma:
      return {0};
    case HeldPlanes::kChroma:
      return {1, 2};
    case HeldPlanes::kNothing:
      break;
  }
  return {};
}

image::Image Strip(const image::Image& image, int first_row, int rows) {
  return image::Crop(image, {0, first_row, {image.width_px(), rows}});
}

color::TrainingImage Strip(const color::TrainingImage& original, int first_row, int rows) {
  color::TrainingImage strip;
  strip.rgb = Strip(original.rgb, first_row, rows);
  if (!original.highlight_scale.empty()) strip.highlight_scale = Strip(original.highlight_scale, first_row, rows);
  return strip;
}

// The two that luma mostly moves farthest to, since every channel of a file brightens the picture.
constexpr std::array<unsigned, 2> kFarCorners = {0, 7};
// Pixels that are judged by all corners at first: the greatest share of the bound is nearly always among them.
constexpr std::size_t kFirstSuspects = 1024;
// Some of a picture's pixels, side by side in one row.
image::Image Picked(const image::Image& image, std::span<const std::size_t> places) {
  image::Image picked({static_cast<int>(places.size()), 1}, image.channels(), image.color_space());
  for (int c = 0; c < image.channel_count(); ++c) {
    const auto from = image.plane(c);
    auto to = picked.plane(c);
    for (std::size_t i = 0; i < places.size(); ++i) to[i] = from[places[i]];
  }
  return picked;
}

// A file's rows beside the original's, both in the training domain.
struct Compared {
  image::Image pixels;  // the file's own
  image::Image scale;
  image::Image rgb;  // of the file
  image::Image ours, theirs;

  Compared(image::Image file, const color::TrainingImage& source, const color::TrainingTransform& delivery,
           image::YCbCrMatrix matrix)
      : pixels(std::move(file)),
        scale(source.highlight_scale),
        rgb(delivery.ToTrainingWithScale(pixels, scale)),
        ours(image::RgbToYCbCr(rgb, matrix)),
        theirs(image::RgbToYCbCr(source.rgb, matrix)) {}

  double Error(int plane, std::size_t i) const {
    return std::abs(double{ours.plane(plane)[i]} - double{theirs.plane(plane)[i]});
  }
};

// Finds the greatest share of the bound without all corners of all pixels: a share by two corners is never less than
// the share by all, so that only pixels whose share by two exceeds the greatest yet need the others.
class Judge {
 public:
  Judge(const color::TrainingTransform& delivery, frames::SampleEncoding encoding, FileKind kind, HeldPlanes held,
        image::YCbCrMatrix matrix)
      : quantisation_(delivery, encoding, matrix), kind_(kind), planes_(PlanesOf(held)) {}

  void Add(const Compared& rows) {
    for (const int plane : planes_) {
      for (std::size_t i = 0; i < rows.rgb.pixel_count(); ++i) {
        proof_.error = WorseOf(proof_.error, rows.Error(plane, i));
      }
    }
    if (kind_ == FileKind::kLossy) {
      proof_.share_of_bound = proof_.error / kLossyTolerance;
      return;
    }
    auto suspects = Suspects(rows);
    const std::size_t first = std::min(suspects.size(), kFirstSuspects);
    JudgeByAllCorners(rows, std::span(suspects).first(first));
    const auto rest = std::find_if(suspects.begin() + static_cast<std::ptrdiff_t>(first), suspects.end(),
                                   [&](const Suspect& s) { return !(s.share > proof_.share_of_bound); });
    JudgeByAllCorners(rows, {suspects.begin() + static_cast<std::ptrdiff_t>(first), rest});
  }

  WrittenProof Proof() const {
    WrittenProof proof = proof_;
    proof.proven = kind_ == FileKind::kLossy ? std::isfinite(proof.error) : proof.share_of_bound <= 1.0;
    return proof;
  }

 private:
  struct Suspect {
    double share = 0;
    std::size_t place = 0;
  };

  double ShareAt(const Compared& rows, const image::Image& bound, std::size_t i, std::size_t of) const {
    double share = 0;
    for (const int plane : planes_) {
      const double allowed =
          bound.plane(plane)[of] + quantisation_.Noise(rows.theirs.plane(plane)[i], LargestChannel(rows.rgb, i));
      share = WorseOf(share, rows.Error(plane, i) / allowed);
    }
    return share;
  }

  // The worst first.
  std::vector<Suspect> Suspects(const Compared& rows) const {
    const auto bound = quantisation_.For(rows.pixels, rows.scale, rows.rgb, planes_, kFarCorners);
    std::vector<Suspect> found;
    for (std::size_t i = 0; i < rows.rgb.pixel_count(); ++i) {
      const double share = ShareAt(rows, bound, i, i);
      if (share > proof_.share_of_bound) found.push_back({share, i});
    }
    std::sort(found.begin(), found.end(), [](const Suspect& a, const Suspect& b) {
      return a.share > b.share || (a.share == b.share && a.place < b.place);
    });
    return found;
  }

  void JudgeByAllCorners(const Compared& rows, std::span<const Suspect> suspects) {
    if (suspects.empty()) return;
    std::vector<std::size_t> places;
    for (const Suspect& suspect : suspects) places.push_back(suspect.place);
    constexpr std::array<unsigned, 8> kAll = {0, 1, 2, 3, 4, 5, 6, 7};
    const auto scale = rows.scale.empty() ? rows.scale : Picked(rows.scale, places);
    const auto bound = quantisation_.For(Picked(rows.pixels, places), scale, Picked(rows.rgb, places), planes_, kAll);
    for (std::size_t i = 0; i < places.size(); ++i) {
      proof_.share_of_bound = WorseOf(proof_.share_of_bound, ShareAt(rows, bound, places[i], i));
    }
  }

  QuantisationBound quantisation_;
  FileKind kind_;
  std::vector<int> planes_;
  WrittenProof proof_;
};

}  // namespace

ComposedProof ProveComposed(const image::Image& composed, const image::Image& original, HeldPlanes held,
                            image::YCbCrMatrix matrix) {
  RequireSameSize(composed, original);
  RequireSomethingHeld(held);
  ComposedProof proof;
  for (int row = 0; row < composed.height_px(); row += kStripRows) {
    const int rows = std::min(kStripRows, composed.height_px() - row);
    const auto ours = image::RgbToYCbCr(Strip(composed, row, rows), matrix);
    const auto theirs = image::RgbToYCbCr(Strip(original, row, rows), matrix);
    for (const int plane : PlanesOf(held)) {
      const auto a = ours.plane(plane), b = theirs.plane(plane);
      for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(double{a[i]} - double{b[i]});
        proof.error = WorseOf(proof.error, difference / std::max(1.0, std::abs(double{b[i]})));
      }
    }
  }
  proof.proven = proof.error <= kComposedTolerance;
  return proof;
}

WrittenProof ProveWritten(const image::Image& read_back, const color::TrainingImage& original,
                          const color::TrainingTransform& delivery, frames::SampleEncoding encoding, FileKind kind,
                          HeldPlanes held, image::YCbCrMatrix matrix) {
  RequireSameSize(read_back, original.rgb);
  RequireSomethingHeld(held);
  Judge judge(delivery, encoding, kind, held, matrix);
  for (int row = 0; row < read_back.height_px(); row += kStripRows) {
    const int rows = std::min(kStripRows, read_back.height_px() - row);
    judge.Add(Compared(Strip(read_back, row, rows), Strip(original, row, rows), delivery, matrix));
  }
  return judge.Proof();
}

}  // namespace interneg::validation
