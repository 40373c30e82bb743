#include "server/rpc/method_table.h"

namespace interneg::rpc {

const Method* MethodTable::Find(std::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace interneg::rpc
