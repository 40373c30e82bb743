// Which frames a dataset version withholds for choosing between checkpoints when its author names none.
#ifndef INTERNEG_SERVER_RPC_HELD_OUT_H_
#define INTERNEG_SERVER_RPC_HELD_OUT_H_

#include <vector>

namespace interneg::rpc {

// Frames midway between neighbouring training pairs: a fifth of the number of pairs rounded to the nearest integer,
// at least one, spread evenly over the gaps that have a free frame between them. `available` are the frames that
// source and reference both have. Ascending, none of them a pair; empty when no available frame lies between two
// pairs. The engine chooses by the same rule when it runs without a server.
std::vector<int> DefaultHeldOut(const std::vector<int>& pairs, const std::vector<int>& available);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_HELD_OUT_H_
