#include "worker/engine/preparation/dust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "worker/engine/preparation/motion.h"
#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

const cv::Mat& Square3() {
  static const cv::Mat square = cv::Mat::ones(3, 3, CV_8U);
  return square;
}

cv::Mat1f LargestOver(const Planes& planes, cv::Mat1f (*of)(const cv::Mat1f&)) {
  return cv::max(cv::Mat1f(cv::max(of(planes[0]), of(planes[1]))), of(planes[2]));
}

cv::Mat1f Magnitude(const cv::Mat1f& plane) {
  return cv::abs(plane);
}

// What the frame should show, and how far the neighbours disagree about it.
struct Expectation {
  Planes picture;
  cv::Mat1f disagreement;  // largest over the channels; empty with one neighbour
  cv::Mat1f distance;      // of the frame from the neighbour that it resembles least
};

cv::Mat1f Apart(const Planes& a, const Planes& b) {
  Planes difference;
  for (std::size_t c = 0; c < 3; ++c) difference[c] = a[c] - b[c];
  return LargestOver(difference, Magnitude);
}

// The neighbours' mean; where they disagree, one of them has a speck there itself, most likely the one that is like the
// frame: then the other.
Expectation Expect(const Planes& picture, const std::vector<Planes>& neighbours, double threshold) {
  const cv::Mat1f to_first = Apart(picture, neighbours[0]);
  if (neighbours.size() == 1) return {neighbours[0], {}, to_first};
  const cv::Mat1f to_second = Apart(picture, neighbours[1]);
  Expectation out;
  out.disagreement = Apart(neighbours[0], neighbours[1]);
  out.distance = cv::max(to_first, to_second);
  const cv::Mat1b apart = out.disagreement > threshold, take_first = apart & (to_first > to_second);
  const cv::Mat1b take_second = apart & (to_second >= to_first);
  for (std::size_t c = 0; c < 3; ++c) {
    out.picture[c] = 0.5F * (neighbours[0][c] + neighbours[1][c]);
    neighbours[0][c].copyTo(out.picture[c], take_first);
    neighbours[1][c].copyTo(out.picture[c], take_second);
  }
  return out;
}

// How far each pixel stands outside everything that the neighbours show there.
cv::Mat1f Excess(const Planes& picture, const std::vector<Planes>& neighbours) {
  cv::Mat1f most(picture[0].size(), -std::numeric_limits<float>::max());
  for (std::size_t c = 0; c < 3; ++c) {
    cv::Mat1f high, low;
    for (const Planes& other : neighbours) {
      cv::Mat1f up, down;
      cv::dilate(other[c], up, Square3());
      cv::erode(other[c], down, Square3());
      high = high.empty() ? up : cv::Mat1f(cv::max(high, up));
      low = low.empty() ? down : cv::Mat1f(cv::min(low, down));
    }
    const cv::Mat1f above = picture[c] - high, below = low - picture[c];
    most = cv::max(most, cv::Mat1f(cv::max(above, below)));
  }
  return most;
}

// How far each pixel stands above (or below) the lowest frame of `side` pixels around it that is no lower (higher).
cv::Mat1f TopHat(const Planes& picture, int side) {
  const cv::Mat square = cv::Mat::ones(side, side, CV_8U);
  cv::Mat1f most = cv::Mat1f::zeros(picture[0].size());
  for (const cv::Mat1f& plane : picture) {
    cv::Mat1f bright, dark;
    cv::morphologyEx(plane, bright, cv::MORPH_TOPHAT, square);
    cv::morphologyEx(plane, dark, cv::MORPH_BLACKHAT, square);
    most = cv::max(most, cv::Mat1f(cv::max(bright, dark)));
  }
  return most;
}

constexpr int kRim_px = 2;

cv::Mat1b Grown(const cv::Mat1b& seeds, const cv::Mat1b& allowed, int steps) {
  cv::Mat1b region = seeds.clone();
  for (int i = 0; i < steps; ++i) {
    cv::Mat1b wider;
    cv::dilate(region, wider, Square3());
    region = seeds | (wider & allowed);
  }
  return region;
}

// Calls keep(area, mask of the component, mask of the ring around it) for every region; clears what it refuses.
template <typename Keep>
void Sift(cv::Mat1b& region, int max_size_px, Keep keep) {
  cv::Mat1i labels, stats;
  cv::Mat1d centres;
  const int count = cv::connectedComponentsWithStats(region, labels, stats, centres, 8, CV_32S);
  constexpr int kRing = 3;
  for (int label = 1; label < count; ++label) {
    const cv::Rect box(stats(label, cv::CC_STAT_LEFT), stats(label, cv::CC_STAT_TOP), stats(label, cv::CC_STAT_WIDTH),
                       stats(label, cv::CC_STAT_HEIGHT));
    const cv::Rect area = cv::Rect(box.x - kRing, box.y - kRing, box.width + 2 * kRing, box.height + 2 * kRing) &
                          cv::Rect({0, 0}, region.size());
    const cv::Mat1b mask = labels(area) == label;
    cv::Mat1b ring;
    cv::dilate(mask, ring, Square3(), cv::Point(-1, -1), kRing);
    ring &= labels(area) == 0;
    if (std::max(box.width, box.height) > max_size_px || !keep(area, mask, ring)) region(area).setTo(0, mask);
  }
}

// Whether the region differs from what surrounds it in the frame itself, as a speck does and a piece of picture that is
// about to be covered does not.
bool StandsOut(const Planes& picture, const cv::Rect& area, const cv::Mat1b& mask, const cv::Mat1b& ring) {
  for (const cv::Mat1f& plane : picture) {
    cv::Scalar around, deviation;
    cv::meanStdDev(plane(area), around, deviation, ring);
    if (std::abs(cv::mean(plane(area), mask)[0] - around[0]) > 2.0 * deviation[0]) return true;
  }
  return false;
}

// Where a neighbour has a speck of its own at the same place, the frame's is inside its range. The rest of a speck is
// found by its colour: what goes on from a region, looks like it and is unlike one of the neighbours.
cv::Mat1b WithOverlaps(const Planes& picture, const cv::Mat1b& region, const Expectation& expected, float threshold) {
  constexpr double kReach_px = 3.0;
  constexpr int kSteps = 8;
  cv::Mat1f inside;
  region.convertTo(inside, CV_32F, 1.0 / 255.0);
  const cv::Mat1f weight = Blurred(inside, kReach_px) + 1e-6F;
  Planes colour;
  for (std::size_t c = 0; c < 3; ++c) colour[c] = Blurred(picture[c].mul(inside), kReach_px) / weight;
  const cv::Mat1b alike =
      (Apart(picture, colour) < threshold) & (expected.distance > threshold) & (expected.disagreement > threshold);
  return Grown(region, alike, kSteps);
}

cv::Mat1b AgainstNeighbours(const DustRepair& repair, const Planes& picture, const std::vector<Planes>& neighbours,
                            const Expectation& expected) {
  const auto threshold = static_cast<float>(repair.threshold);
  const cv::Mat1f apart = Apart(picture, expected.picture);
  cv::Mat1b seeds = Excess(picture, neighbours) > threshold, allowed = apart > threshold / 2.0F;
  if (expected.disagreement.empty()) {
    seeds &= TopHat(picture, repair.max_size_px + 1) > threshold;
  } else {
    allowed &= expected.disagreement < threshold;
  }
  // A speck's rim is brighter or darker as its core is; what is the other way belongs to the picture.
  const cv::Mat1b brighter = LumaOf(picture) > LumaOf(expected.picture), darker = ~brighter;
  cv::Mat1b region =
      Grown(seeds & brighter, allowed & brighter, kRim_px) | Grown(seeds & darker, allowed & darker, kRim_px);
  Sift(region, repair.max_size_px, [&](const cv::Rect& area, const cv::Mat1b& mask, const cv::Mat1b& ring) {
    const double contrast = cv::mean(apart(area), mask)[0];
    if (cv::countNonZero(ring) > 0 && cv::mean(apart(area), ring)[0] > 0.4 * contrast) return false;
    if (expected.disagreement.empty()) return StandsOut(picture, area, mask, ring);
    return cv::mean(expected.disagreement(area), mask)[0] < 0.5 * contrast;
  });
  return expected.disagreement.empty() ? region : WithOverlaps(picture, region, expected, threshold);
}

cv::Mat1b InFlatSurroundings(const DustRepair& repair, const Planes& picture) {
  const cv::Mat1f hat = TopHat(picture, repair.max_size_px + 1);
  cv::Mat1b region = Grown(hat > 2.0 * repair.threshold, hat > repair.threshold / 3.0, kRim_px);
  Sift(region, repair.max_size_px, [&](const cv::Rect& area, const cv::Mat1b&, const cv::Mat1b& ring) {
    for (const cv::Mat1f& plane : picture) {
      cv::Scalar mean, deviation;
      cv::meanStdDev(plane(area), mean, deviation, ring);
      if (deviation[0] > 0.5 * repair.threshold) return false;
    }
    return true;
  });
  return region;
}

// From outside the regions inwards: each by the Gaussian mean of what is known near it.
Planes FilledFromAround(const Planes& picture, const cv::Mat1b& region, int max_size_px) {
  cv::Mat1f known;
  cv::Mat1b(~region).convertTo(known, CV_32F, 1.0 / 255.0);
  const double sigma = std::max(1.0, max_size_px / 4.0);
  const cv::Mat1f weight = Blurred(known, sigma) + 1e-6F;
  Planes out;
  for (std::size_t c = 0; c < 3; ++c) out[c] = Blurred(picture[c].mul(known), sigma) / weight;
  return out;
}

struct Found {
  cv::Mat1b region;
  Planes made;  // what to put there
};

Found Find(const DustRepair& repair, const Planes& picture, const std::vector<Planes>& neighbours,
           const cv::Mat1b& ignored) {
  const cv::Mat1f luma = LumaOf(picture);
  std::vector<Planes> compensated;
  for (const Planes& other : neighbours) {
    compensated.push_back(Compensated(other, EstimateMotion(luma, LumaOf(other), ignored)));
  }
  const Expectation expected = Expect(picture, compensated, repair.threshold);
  return {AgainstNeighbours(repair, picture, compensated, expected), expected.picture};
}

// Specks pull the motion of the blocks that they lie in: once they are known, it is searched again without them.
Found FindTwice(const DustRepair& repair, const Planes& picture, const std::vector<Planes>& neighbours) {
  Found found = Find(repair, picture, neighbours, {});
  if (cv::countNonZero(found.region) == 0) return found;
  constexpr int kMargin_px = 2;
  cv::Mat1b ignored;
  cv::dilate(found.region, ignored, Square3(), cv::Point(-1, -1), kMargin_px);
  return Find(repair, picture, neighbours, ignored);
}

}  // namespace

image::Image DustRepaired(const DustRepair& repair, const Window& window) {
  image::Image out = window.Centre();
  const Planes picture = ViewAll(window.Centre());
  std::vector<Planes> neighbours;
  for (const int offset : {-1, 1}) {
    if (window.At(offset) != nullptr) neighbours.push_back(ViewAll(*window.At(offset)));
  }
  Found found;
  if (neighbours.empty()) {
    found.region = InFlatSurroundings(repair, picture);
    found.made = FilledFromAround(picture, found.region, repair.max_size_px);
  } else {
    found = FindTwice(repair, picture, neighbours);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    const cv::Mat1f blend = picture[c] + repair.strength * (found.made[c] - picture[c]);
    blend.copyTo(View(out, static_cast<int>(c)), found.region);
  }
  return out;
}

}  // namespace interneg::preparation
