// Lists are read in pages; who may see what narrows every list.
#ifndef INTERNEG_SERVER_SCHEDULING_PAGE_H_
#define INTERNEG_SERVER_SCHEDULING_PAGE_H_

#include <optional>
#include <string>
#include <vector>

namespace interneg::scheduling {

struct Page {
  // 1…1,000; 0: 100.
  int size = 0;
  // `next` of the page before; empty: from the beginning. Opaque text; a foreign one is INVALID_ARGUMENT.
  std::string after;
};

template <typename Row>
struct Paged {
  std::vector<Row> rows;
  // Empty on the last page.
  std::string next;
};

// The projects a caller may see; nullopt: all of them.
using VisibleProjects = std::optional<std::vector<std::string>>;

// Who acts: the principal that the credential names; it goes into the audit record of every change.
struct Actor {
  std::string principal;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_PAGE_H_
