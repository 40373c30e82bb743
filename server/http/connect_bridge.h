// One Connect request, from HTTP to the method table and back.
#ifndef INTERNEG_SERVER_HTTP_CONNECT_BRIDGE_H_
#define INTERNEG_SERVER_HTTP_CONNECT_BRIDGE_H_

#include "server/rpc/call_room.h"

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace interneg::http {

// Answers a POST whose path names a method. Runs the handler on the calling thread, which must be the HTTP server's.
void AnswerConnect(const rpc::CallRoom& room, const httplib::Request& request, httplib::Response& response);

}  // namespace interneg::http

#endif  // INTERNEG_SERVER_HTTP_CONNECT_BRIDGE_H_
