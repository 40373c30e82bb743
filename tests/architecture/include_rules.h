// The dependency rule of the tree as data: which module may include which, and where each heavy library may appear.
#ifndef INTERNEG_TESTS_ARCHITECTURE_INCLUDE_RULES_H_
#define INTERNEG_TESTS_ARCHITECTURE_INCLUDE_RULES_H_

#include <filesystem>
#include <string>
#include <vector>

namespace interneg::architecture {

// One `#include` line of one file. Paths are relative to the repository root.
struct Include {
  std::string file;
  int line = 0;
  std::string target;
};

// The module that a path belongs to: the longest known folder it lies in ("worker/engine/color"), or the composition
// root of a program for a file that lies beside the modules ("server/main.cc" → "server"). Empty for anything else.
std::string ModuleOf(const std::string& path);

// Why the include is not allowed; empty when it is.
std::string Violation(const Include& include);

// Every include line of the C++ files below server, worker and client.
std::vector<Include> ReadIncludes(const std::filesystem::path& repository);

}  // namespace interneg::architecture

#endif  // INTERNEG_TESTS_ARCHITECTURE_INCLUDE_RULES_H_
