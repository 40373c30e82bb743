#include "tests/architecture/include_rules.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

namespace interneg::architecture {
namespace {

using Names = std::set<std::string>;

// Module → what it may include beside itself. A program's composition root ("server", "worker/daemon",
// "worker/engine") may include every module of its process.
const std::map<std::string, Names>& Arrows() {
  static const std::map<std::string, Names> arrows = {
      {"server",
       {"server/scheduling", "server/storage", "server/artifacts", "server/rpc", "server/http", "server/metrics"}},
      {"server/scheduling", {}},
      {"server/metrics", {}},
      {"server/artifacts", {}},
      {"server/storage", {"server/scheduling", "server/artifacts", "server/metrics"}},
      {"server/rpc", {"server/scheduling", "server/artifacts", "server/metrics"}},
      {"server/http", {"server/rpc", "server/metrics"}},
      {"worker/daemon", {"worker/session", "worker/supervision", "worker/spool"}},
      {"worker/session", {"worker/supervision", "worker/spool"}},
      {"worker/supervision", {}},
      {"worker/spool", {}},
      {"worker/engine", {"worker/engine/jobs"}},
      {"worker/engine/image", {}},
      {"worker/engine/color", {"worker/engine/image"}},
      {"worker/engine/frames", {"worker/engine/image", "worker/engine/color"}},
      {"worker/engine/alignment", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/matching", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/preparation", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/validation", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/curation", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/simulation", {"worker/engine/image", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/dataset", {"worker/engine/image"}},
      {"worker/engine/model", {"worker/engine/image"}},
      {"worker/engine/training", {"worker/engine/image", "worker/engine/model", "worker/engine/dataset"}},
      {"worker/engine/inference",
       {"worker/engine/image", "worker/engine/model", "worker/engine/frames", "worker/engine/color"}},
      {"worker/engine/jobs",
       {"worker/engine/image", "worker/engine/color", "worker/engine/frames", "worker/engine/alignment",
        "worker/engine/matching", "worker/engine/preparation", "worker/engine/validation", "worker/engine/simulation",
        "worker/engine/dataset", "worker/engine/model", "worker/engine/training", "worker/engine/inference",
        "worker/engine/curation"}},
      {"worker/onnx_export", {"worker/engine/model"}},
      {"client/cli", {}},
  };
  return arrows;
}

// A library's headers and the modules whose files may include them.
struct Library {
  const char* name;
  std::regex headers;
  Names modules;
};

const std::vector<Library>& Libraries() {
  static const std::vector<Library> libraries = {
      {"LibTorch", std::regex("^(torch|ATen|c10|caffe2)/.*"),
       {"worker/engine/dataset", "worker/engine/model", "worker/engine/training", "worker/engine/inference"}},
      {"ONNX", std::regex("^onnx/.*"), {"worker/onnx_export"}},
      {"libpqxx", std::regex("^pqxx/.*"), {"server/storage"}},
      {"gRPC", std::regex("^(grpcpp|grpc|grpc\\+\\+)/.*"),
       {"server", "server/rpc", "server/http", "worker/session", "worker/daemon", "client/cli"}},
      {"the generated contract", std::regex("^interneg/v1/.*"),
       {"server/rpc", "server/http", "worker/session", "client/cli"}},
      {"Prometheus", std::regex("^prometheus/.*"), {"server/metrics", "worker/daemon"}},
      {"cpp-httplib", std::regex("^httplib\\.h$"), {"server/http"}},
      {"OpenImageIO", std::regex("^OpenImageIO/.*"), {"worker/engine/frames"}},
      {"OpenColorIO", std::regex("^OpenColorIO/.*"), {"worker/engine/color"}},
      {"libav", std::regex("^lib(av|sw)[a-z]+/.*"), {"worker/engine/frames", "worker/engine/simulation"}},
      {"OpenCV", std::regex("^opencv2/.*"),
       {"worker/engine/alignment", "worker/engine/matching", "worker/engine/preparation", "worker/engine/validation",
        "worker/engine/simulation", "worker/engine/frames", "worker/engine/curation"}},
  };
  return libraries;
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// LibTorch's headers cost 15 s a file and pull its types along: only sources and *_torch.h may know them.
bool MayKnowTorch(const std::string& file) { return EndsWith(file, ".cc") || EndsWith(file, "_torch.h"); }

std::string LibraryViolation(const Include& include, const std::string& module) {
  for (const auto& library : Libraries()) {
    if (!std::regex_match(include.target, library.headers)) continue;
    if (!library.modules.contains(module)) return module + " must not know " + library.name;
    if (std::string(library.name) == "LibTorch" && !MayKnowTorch(include.file)) {
      return "LibTorch headers belong into .cc files and *_torch.h";
    }
  }
  return "";
}

}  // namespace

std::string ModuleOf(const std::string& path) {
  std::string best;
  for (const auto& [module, unused] : Arrows()) {
    if (path.starts_with(module + "/") && module.size() > best.size()) best = module;
  }
  return best;
}

std::string Violation(const Include& include) {
  const std::string from = ModuleOf(include.file);
  if (from.empty()) return "the file lies in no module that the dependency rule names";
  const std::string to = ModuleOf(include.target);
  if (to.empty()) return LibraryViolation(include, from);
  if (EndsWith(include.target, "_torch.h") && !MayKnowTorch(include.file)) {
    return "*_torch.h may be included by .cc files and *_torch.h only";
  }
  if (to == from || Arrows().at(from).contains(to)) return "";
  return "no arrow from " + from + " to " + to;
}

std::vector<Include> ReadIncludes(const std::filesystem::path& repository) {
  static const std::regex line_form("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"].*");
  std::vector<Include> includes;
  for (const char* top : {"server", "worker", "client"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(repository / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      const std::string file = std::filesystem::relative(entry.path(), repository).generic_string();
      if (file.find("node_modules/") != std::string::npos) continue;
      std::ifstream in(entry.path());
      if (!in) throw std::runtime_error("cannot read " + file);
      std::string text;
      for (int line = 1; std::getline(in, text); ++line) {
        std::smatch match;
        if (std::regex_match(text, match, line_form)) includes.push_back({file, line, match[1]});
      }
    }
  }
  return includes;
}

}  // namespace interneg::architecture
