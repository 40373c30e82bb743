#include "tests/worker/spool/crashing_storage.h"

#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace interneg::spool {
namespace {

std::pair<std::string, std::string> Split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return {path.substr(0, slash), path.substr(slash + 1)};
}

absl::Status Dead() { return absl::InternalError("the process is gone"); }
absl::Status Missing(const std::string& path) { return absl::NotFoundError(path); }

}  // namespace

class CrashingStorage::File final : public AppendFile {
 public:
  File(CrashingStorage& storage, std::shared_ptr<Node> node) : storage_(storage), node_(std::move(node)) {}
  absl::Status Append(std::string_view bytes) override {
    if (storage_.full_) return absl::ResourceExhaustedError("No space left on device");
    const bool last = storage_.left_ == 1;
    if (!storage_.Change()) return Dead();
    node_->bytes.append(last ? bytes.substr(0, bytes.size() / 2) : bytes);
    return last ? Dead() : absl::OkStatus();
  }
  absl::Status Sync() override {
    if (!storage_.Change()) return Dead();
    node_->synced_bytes = node_->bytes;
    return absl::OkStatus();
  }
  std::uint64_t size_bytes() const override { return node_->bytes.size(); }

 private:
  CrashingStorage& storage_;
  const std::shared_ptr<Node> node_;
};

bool CrashingStorage::Change() {
  if (left_ == 0) return false;
  if (left_ > 0) --left_;
  ++changes_;
  return true;
}

std::shared_ptr<CrashingStorage::Node> CrashingStorage::Find(const std::string& path) const {
  std::shared_ptr<Node> node = root_;
  std::istringstream in(path);
  for (std::string name; node && std::getline(in, name, '/');) {
    if (name.empty()) continue;
    const auto found = node->names.find(name);
    node = found == node->names.end() ? nullptr : found->second;
  }
  return node;
}

void CrashingStorage::FallBack(Node& node) {
  node.bytes = node.synced_bytes;
  node.names = node.synced_names;
  for (auto& [name, child] : node.names) FallBack(*child);
}

void CrashingStorage::Restart(Loss loss) {
  if (loss == Loss::kPowerCut) FallBack(*root_);
  left_ = -1;
  full_ = false;
}

void CrashingStorage::Flip(const std::string& path, std::size_t offset) { Find(path)->bytes.at(offset) ^= 1; }
std::size_t CrashingStorage::SizeOf(const std::string& path) { return Find(path)->bytes.size(); }

absl::StatusOr<std::unique_ptr<AppendFile>> CrashingStorage::OpenToAppend(const std::string& path, Opening opening) {
  const auto [folder, name] = Split(path);
  const auto parent = Find(folder);
  if (!parent) return Missing(folder);
  std::shared_ptr<Node> node = Find(path);
  if (!node || opening == Opening::kEmpty) {
    if (!Change()) return Dead();
    if (!node) node = parent->names[name] = std::make_shared<Node>();
    node->bytes.clear();
  }
  return std::make_unique<File>(*this, node);
}

absl::StatusOr<std::string> CrashingStorage::Read(const std::string& path, std::uint64_t offset,
                                                  std::size_t limit_bytes) {
  const auto node = Find(path);
  if (!node) return Missing(path);
  if (offset >= node->bytes.size()) return std::string();
  return node->bytes.substr(offset, limit_bytes);
}

absl::StatusOr<std::vector<std::string>> CrashingStorage::List(const std::string& folder) {
  const auto node = Find(folder);
  if (!node) return Missing(folder);
  std::vector<std::string> out;
  for (const auto& [name, child] : node->names) out.push_back(name);
  return out;
}

absl::Status CrashingStorage::MakeFolder(const std::string& path) {
  const auto [folder, name] = Split(path);
  if (Find(path)) return absl::OkStatus();
  if (!Change()) return Dead();
  auto node = Find(folder)->names[name] = std::make_shared<Node>();
  node->is_folder = true;
  return absl::OkStatus();
}

absl::Status CrashingStorage::Rename(const std::string& from, const std::string& to) {
  const auto node = Find(from);
  if (!node) return Missing(from);
  if (!Change()) return Dead();
  const auto [old_folder, old_name] = Split(from);
  const auto [new_folder, new_name] = Split(to);
  Find(old_folder)->names.erase(old_name);
  Find(new_folder)->names[new_name] = node;
  return absl::OkStatus();
}

absl::Status CrashingStorage::RemoveTree(const std::string& path) {
  const auto node = Find(path);
  if (!node) return absl::OkStatus();
  // Removing is many steps; being stopped within leaves a part of the tree.
  while (!node->names.empty()) {
    if (auto status = RemoveTree(absl::StrCat(path, "/", node->names.begin()->first)); !status.ok()) return status;
  }
  if (!Change()) return Dead();
  const auto [folder, name] = Split(path);
  Find(folder)->names.erase(name);
  return absl::OkStatus();
}

absl::Status CrashingStorage::Shorten(const std::string& path, std::uint64_t size_bytes) {
  if (!Change()) return Dead();
  Find(path)->bytes.resize(size_bytes);
  return absl::OkStatus();
}

absl::Status CrashingStorage::SyncFolder(const std::string& path) {
  const auto node = Find(path);
  if (!node) return Missing(path);
  if (!Change()) return Dead();
  node->synced_names = node->names;
  return absl::OkStatus();
}

}  // namespace interneg::spool
