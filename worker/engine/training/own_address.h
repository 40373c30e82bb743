// The address by which the other processes of a group reach this one.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_OWN_ADDRESS_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_OWN_ADDRESS_H_

#include <string>

#include "worker/engine/training/group_place.h"

namespace interneg::training {

// Numeric, IPv4 or IPv6: the address of the network card on the way to the meeting place. Where the meeting place is
// "localhost", 127.0.0.1 or ::1 that is a loopback address, and the group is one of this machine alone. Where any other
// name or address turns out to be this machine (a fresh Debian calls itself 127.0.1.1 in /etc/hosts) it is the card's
// that leads to other networks, or of the only one that there is.
//
// No packet is sent. Throws ProcessLost for a place that cannot be found or that no way leads to, std::invalid_argument
// where this machine has several cards, none of which leads to other networks: then its name does not tell which is
// meant.
std::string OwnAddressTowards(const GroupPlace& place);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_OWN_ADDRESS_H_
