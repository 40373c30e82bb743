// Fills protobuf messages by reflection, so that a field added to the contract is tested without being listed.
#ifndef INTERNEG_TESTS_CONTRACT_RANDOM_MESSAGE_H_
#define INTERNEG_TESTS_CONTRACT_RANDOM_MESSAGE_H_

#include <google/protobuf/message.h>

#include <random>

namespace interneg::contract {

// kAll: every field set to something else than its default (of a oneof, the alternative `choice` modulo their number).
// kSome: each field set or left out by the draw, with values near the edges of its type.
enum class Filling { kAll, kSome };

// Map fields get at most one entry, since protobuf writes maps in no fixed order.
void Fill(google::protobuf::Message& message, Filling filling, int choice, std::mt19937& random);

}  // namespace interneg::contract

#endif  // INTERNEG_TESTS_CONTRACT_RANDOM_MESSAGE_H_
