#include "server/storage/relay.h"

#include <chrono>
#include <exception>
#include <utility>

#include <pqxx/pqxx>

#include "server/scheduling/clock.h"

namespace interneg::storage {
namespace {

constexpr char kChannel[] = "interneg_bell";
// One notification for all that rang within this time: a storm of completions becomes a few notifications.
constexpr std::chrono::milliseconds kDebounce{20};
constexpr std::chrono::seconds kRetry{1};

std::string NewOrigin() {
  scheduling::SystemEntropy entropy;
  return scheduling::NewSecret(entropy).substr(0, 16);
}

// Rings what others ring. Payload: the origin, a space, the topic's number.
class Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection& link, scheduling::Bell& bell, std::string origin)
      : pqxx::notification_receiver(link, kChannel), bell_(bell), origin_(std::move(origin)) {}

  void operator()(const std::string& payload, int /*backend_pid*/) override {
    const auto space = payload.find(' ');
    if (space == std::string::npos || payload.substr(0, space) == origin_) return;
    const int topic = payload.back() - '0';
    if (topic >= 0 && topic < scheduling::Bell::kTopics) bell_.RingHere(static_cast<scheduling::Bell::Topic>(topic));
  }

 private:
  scheduling::Bell& bell_;
  const std::string origin_;
};

}  // namespace

Relay::Relay(std::string connection, scheduling::Bell& bell)
    : connection_(std::move(connection)), bell_(bell), origin_(NewOrigin()) {
  bell_.SetRelay([this](scheduling::Bell::Topic topic) {
    {
      const std::lock_guard lock(mutex_);
      unsent_.insert(topic);
    }
    changed_.notify_one();
  });
  sender_ = std::thread([this] { Send(); });
  listener_ = std::thread([this] { Listen(); });
}

Relay::~Relay() {
  bell_.SetRelay({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  sender_.join();
  listener_.join();
}

void Relay::Pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kRetry, [this] { return stopping_.load(); });
}

void Relay::Send() {
  while (!stopping_) {
    try {
      SendUntilBroken();
    } catch (const std::exception&) {
      Pause();
    }
  }
}

void Relay::SendUntilBroken() {
  pqxx::connection link(connection_);
  while (!stopping_) {
    std::set<scheduling::Bell::Topic> topics;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !unsent_.empty(); });
      changed_.wait_for(lock, kDebounce, [this] { return stopping_.load(); });
      topics.swap(unsent_);
    }
    if (stopping_) return;
    pqxx::nontransaction work(link);
    for (const auto topic : topics) {
      work.exec_params("SELECT pg_notify($1, $2)", kChannel, origin_ + " " + std::to_string(topic));
    }
  }
}

void Relay::Listen() {
  while (!stopping_) {
    try {
      ListenUntilBroken();
    } catch (const std::exception&) {
      Pause();
    }
  }
}

void Relay::ListenUntilBroken() {
  pqxx::connection link(connection_);
  const Receiver receiver(link, bell_, origin_);
  // Something may have been missed while nobody listened.
  for (int topic = 0; topic < scheduling::Bell::kTopics; ++topic) {
    bell_.RingHere(static_cast<scheduling::Bell::Topic>(topic));
  }
  while (!stopping_) link.await_notification(0, 200'000);
}

}  // namespace interneg::storage
