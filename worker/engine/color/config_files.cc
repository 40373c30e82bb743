#include "worker/engine/color/config_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include <openssl/evp.h>

#include "worker/engine/color/color_config.h"

namespace interneg::color {
namespace {

namespace ocio = OCIO_NAMESPACE;
namespace fs = std::filesystem;

void CollectFiles(const ocio::ConstTransformRcPtr& transform, std::set<std::string>& names) {
  if (!transform) return;
  if (const auto file = ocio::DynamicPtrCast<const ocio::FileTransform>(transform)) names.insert(file->getSrc());
  if (const auto group = ocio::DynamicPtrCast<const ocio::GroupTransform>(transform)) {
    for (int i = 0; i < group->getNumTransforms(); ++i) CollectFiles(group->getTransform(i), names);
  }
}

std::set<std::string> FilesOf(const ocio::ConstConfigRcPtr& config) {
  std::set<std::string> names;
  const int spaces = config->getNumColorSpaces(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL);
  for (int i = 0; i < spaces; ++i) {
    const auto space = config->getColorSpace(
        config->getColorSpaceNameByIndex(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL, i));
    CollectFiles(space->getTransform(ocio::COLORSPACE_DIR_TO_REFERENCE), names);
    CollectFiles(space->getTransform(ocio::COLORSPACE_DIR_FROM_REFERENCE), names);
  }
  for (int i = 0; i < config->getNumLooks(); ++i) {
    const auto look = config->getLook(config->getLookNameByIndex(i));
    CollectFiles(look->getTransform(), names);
    CollectFiles(look->getInverseTransform(), names);
  }
  for (int i = 0; i < config->getNumViewTransforms(); ++i) {
    const auto view = config->getViewTransform(config->getViewTransformNameByIndex(i));
    CollectFiles(view->getTransform(ocio::VIEWTRANSFORM_DIR_TO_REFERENCE), names);
    CollectFiles(view->getTransform(ocio::VIEWTRANSFORM_DIR_FROM_REFERENCE), names);
  }
  return names;
}

bool IsBelow(const fs::path& file, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end();
}

fs::path Located(const ocio::ConstConfigRcPtr& config, const std::string& name, const std::string& folder,
                 const std::string& description) {
  const std::string where = "OCIO configuration " + description + ": file transform '" + name + "'";
  if (folder.empty()) throw ColorError(where + ": a configuration given as text may not refer to files");
  std::string found;
  try {
    found = config->getCurrentContext()->resolveFileLocation(name.c_str());
  } catch (const ocio::Exception&) {
    throw ColorError(where + " was not found; put the file below " + folder);
  }
  std::error_code failure;
  const fs::path file = fs::canonical(found, failure);
  if (failure) throw ColorError(where + " was not found; put the file below " + folder);
  if (!IsBelow(file, folder)) {
    throw ColorError(where + " leads to " + file.string() + ", outside the configuration's folder " + folder +
                     "; only files below it may be used");
  }
  return file;
}

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  // The length goes in front, so that no two lists of parts give the same bytes.
  void Add(const std::string& part) {
    const std::string length = std::to_string(part.size()) + ":";
    EVP_DigestUpdate(context_.get(), length.data(), length.size());
    EVP_DigestUpdate(context_.get(), part.data(), part.size());
  }

  std::string Hex() {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes, &size);
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) text += {kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]};
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string HashWithFiles(const ocio::ConstConfigRcPtr& config, const std::string& text, const std::string& folder,
                          const std::string& description) {
  Digest digest;
  digest.Add(text);
  for (const std::string& name : FilesOf(config)) {
    const fs::path file = Located(config, name, folder, description);
    std::ifstream in(file, std::ios::binary);
    if (!in) throw ColorError("OCIO configuration " + description + ": " + file.string() + " cannot be read");
    digest.Add(name);
    digest.Add(std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return digest.Hex();
}

}  // namespace interneg::color
