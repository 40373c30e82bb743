#include "worker/engine/model/safetensors.h"

#include <cstring>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace interneg::model {
namespace {

std::vector<std::byte> FileOf(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> file(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  return file;
}

std::vector<std::byte> GoodFile() {
  static const std::vector<std::byte> values(24, std::byte{7});
  Safetensors content;
  content.metadata["key"] = "text with \"quotes\" and ünïcode";
  content.tensors["a"] = {ElementType::kFloat32, {2, 2}, std::span(values).first(16)};
  content.tensors["b"] = {ElementType::kFloat64, {1}, std::span(values).first(8)};
  content.tensors["empty"] = {ElementType::kUint8, {0, 5}, {}};
  return FormatSafetensors(content);
}

TEST(Safetensors, WhatIsWrittenIsRead) {
  const auto file = GoodFile();
  const Safetensors content = ParseSafetensors(file);
  ASSERT_EQ(content.tensors.size(), 3U);
  EXPECT_EQ(content.tensors.at("a").shape, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(content.tensors.at("b").bytes.size(), 8U);
  EXPECT_EQ(content.metadata.at("key"), "text with \"quotes\" and ünïcode");
}

TEST(Safetensors, HostileFilesAreRefused) {
  const auto tensor = [](const std::string& type, const std::string& shape, const std::string& offsets) {
    return "{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  };
  const auto one = [&](const std::string& type, const std::string& shape, const std::string& offsets) {
    return FileOf("{\"a\":" + tensor(type, shape, offsets) + "}", 16);
  };
  std::vector<std::vector<std::byte>> files = {
      {},
      std::vector<std::byte>(7),
      std::vector<std::byte>(8, std::byte{0xFF}),
      FileOf("", 0),
      FileOf("[]", 0),
      FileOf("{", 0),
      FileOf(std::string(100000, '['), 0),
      FileOf("{\"a\":1}", 16),
      FileOf("{}", 16),                           // bytes of no tensor
      FileOf("{\"__metadata__\":{\"a\":1}}", 0),  // metadata that is not text
      one("F32", "[4]", "[0,12]"),                // does not match the shape
      one("F32", "[4]", "[16,0]"),                // reversed
      one("F32", "[8]", "[0,32]"),                // beyond the end
      one("F32", "[-4]", "[0,16]"),
      one("F32", "[4.0]", "[0,16]"),
      one("F32", "[4611686018427387904,4]", "[0,16]"),  // overflows to 0
      one("F32", "[18446744073709551615]", "[0,16]"),
      one("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,4]", "[0,16]"),
      one("Q4", "[4]", "[0,16]"),
      one("F32", "[4]", "[0,16,32]"),
      FileOf("{\"a\":" + tensor("U8", "[10]", "[0,10]") + ",\"b\":" + tensor("U8", "[10]", "[6,16]") + "}", 16),
      FileOf("{\"a\":" + tensor("U8", "[4]", "[0,4]") + ",\"b\":" + tensor("U8", "[8]", "[8,16]") + "}", 16),
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_THROW(ParseSafetensors(files[i]), std::invalid_argument) << "file " << i;
  }
}

TEST(Safetensors, EveryTruncationAndRandomDamageEitherParsesOrIsRefused) {
  const auto good = GoodFile();
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_THROW(ParseSafetensors(std::span(good).first(length)), std::invalid_argument);
  }
  constexpr unsigned kSeed = 11;
  std::mt19937 random(kSeed);
  for (int i = 0; i < 5000; ++i) {
    auto file = good;
    for (int k = 0; k < 3; ++k) file[random() % file.size()] = static_cast<std::byte>(random());
    try {
      ParseSafetensors(file);
    } catch (const std::invalid_argument&) {
    }
  }
}

TEST(Safetensors, AViewThatDoesNotFitItsShapeIsNotWritten) {
  const std::vector<std::byte> bytes(4);
  Safetensors content;
  content.tensors["a"] = {ElementType::kFloat32, {2}, bytes};
  EXPECT_THROW(FormatSafetensors(content), std::invalid_argument);
}

TEST(WriteFileAtomically, LeavesNothingBehindWhenItCannotWrite) {
  const auto folder = std::filesystem::temp_directory_path() / ("interneg_safetensors_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::vector<std::byte> bytes(10, std::byte{1});
  WriteFileAtomically(folder / "a", bytes);
  EXPECT_EQ(ReadFileBytes(folder / "a"), bytes);
  EXPECT_THROW(WriteFileAtomically(folder / "missing" / "a", bytes), std::runtime_error);
  EXPECT_THROW(ReadFileBytes(folder / "b"), std::runtime_error);
  std::filesystem::create_directory(folder / "taken");
  EXPECT_THROW(WriteFileAtomically(folder / "taken", bytes), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(folder / "taken.part"));
  std::filesystem::remove_all(folder);
}

// /proc answers EINVAL, as file systems do that cannot sync a folder.
TEST(SyncFolder, FolderThatCannotBeSyncedIsNoFailure) {
  EXPECT_NO_THROW(SyncFolder("/proc/self"));
  EXPECT_THROW(SyncFolder("/no/such/folder"), std::system_error);
}

}  // namespace
}  // namespace interneg::model
