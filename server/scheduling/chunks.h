// Frames of a job and how they are cut into tasks.
#ifndef INTERNEG_SERVER_SCHEDULING_CHUNKS_H_
#define INTERNEG_SERVER_SCHEDULING_CHUNKS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace interneg::scheduling {

// Ascending, unique frames in fileseq syntax: runs of one step become "a-b" or "a-bxN", others are listed.
std::string FormatFrames(const std::vector<int>& frames);

// Cuts ascending frames into consecutive chunks of nearly equal size: `chunk_frames` at most each, or when that is 0,
// 8–32 frames each such that about 16 chunks come out (fewer than 8 frames make one chunk).
std::vector<std::vector<int>> SplitFrames(const std::vector<int>& frames, std::uint32_t chunk_frames);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_CHUNKS_H_
