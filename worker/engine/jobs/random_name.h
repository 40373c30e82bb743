// Names that no other process has.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RANDOM_NAME_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RANDOM_NAME_H_

#include <string>

namespace interneg::jobs {

// 16 random hexadecimal digits: process numbers repeat, between machines and in containers.
std::string RandomName();

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RANDOM_NAME_H_
