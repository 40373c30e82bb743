// A place for the processes of a test to meet.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_TRAINING_FREE_PORT_H_
#define INTERNEG_TESTS_WORKER_ENGINE_TRAINING_FREE_PORT_H_

namespace interneg::training {

// A TCP port of 127.0.0.1 on which nobody listened a moment ago.
int FreePort();

}  // namespace interneg::training

#endif  // INTERNEG_TESTS_WORKER_ENGINE_TRAINING_FREE_PORT_H_
