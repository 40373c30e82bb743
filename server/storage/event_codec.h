// Events and results as the database keeps them (JSON of our own, never shown to anyone), and back.
#ifndef INTERNEG_SERVER_STORAGE_EVENT_CODEC_H_
#define INTERNEG_SERVER_STORAGE_EVENT_CODEC_H_

#include <string>
#include <vector>

#include "server/scheduling/event_feed.h"

namespace interneg::storage {

// The kind column and the body column of an event.
struct EncodedEvent {
  std::string kind;
  std::string body;
};
EncodedEvent Encode(const scheduling::FeedBody& body);
// Throws std::exception for text that Encode did not write.
scheduling::FeedBody DecodeEvent(const std::string& kind, const std::string& body);

std::string Encode(const scheduling::AttemptResult& result);
std::vector<scheduling::OutputFile> DecodeManifest(const std::string& result);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_EVENT_CODEC_H_
