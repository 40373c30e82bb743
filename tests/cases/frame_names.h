// File names that every program must write alike: the client looks for frames before they are sent, the engine reads
// and writes them.
#ifndef INTERNEG_TESTS_CASES_FRAME_NAMES_H_
#define INTERNEG_TESTS_CASES_FRAME_NAMES_H_

#include <array>

namespace interneg::cases {

struct FrameName {
  const char* pattern;
  int frame;
  const char* path;
};

inline constexpr std::array<FrameName, 15> kFrameNames = {{{"a/f.%04d.exr", 7, "a/f.0007.exr"},
                                                           {"a/f.%04d.exr", 12345, "a/f.12345.exr"},
                                                           {"a/f.%04d.exr", -5, "a/f.-005.exr"},
                                                           {"a/f.%04d.exr", -12345, "a/f.-12345.exr"},
                                                           {"f.%d.exr", 7, "f.7.exr"},
                                                           {"f.%d.exr", -7, "f.-7.exr"},
                                                           {"f.#.exr", 7, "f.0007.exr"},
                                                           {"f.#.exr", -7, "f.-007.exr"},
                                                           {"f.##.exr", 7, "f.00000007.exr"},
                                                           {"f.@.exr", 7, "f.7.exr"},
                                                           {"f.@@.exr", -7, "f.-7.exr"},
                                                           {"f.@@@.exr", 7, "f.007.exr"},
                                                           {"f.$F4.exr", -12, "f.-012.exr"},
                                                           {"f.$F.exr", 7, "f.7.exr"},
                                                           {"still.png", 7, "still.png"}}};

// What names no sequence.
inline constexpr std::array<const char*, 6> kBadFramePatterns = {"folder/",   "a.%04d.b.%04d.exr", "sh.####/f.%04d.exr",
                                                                 "f.%4x.exr", "f.####.exr",        "f.%"};

}  // namespace interneg::cases

#endif  // INTERNEG_TESTS_CASES_FRAME_NAMES_H_
