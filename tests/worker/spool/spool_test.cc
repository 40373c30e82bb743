#include "worker/spool/spool.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/worker/spool/crashing_storage.h"

namespace interneg::spool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const EntryKey kA{"task-a", 1};
const EntryKey kB{"task-b", 2};

Spool::Opened MustOpen(Storage& storage, EntryLimits limits = {}) {
  auto opened = Spool::Open(storage, "/spool", limits);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return std::move(*opened);
}

std::vector<std::string> AllEvents(Entry& entry) {
  auto events = entry.ReadEvents(0, 1000000, 1U << 30);
  EXPECT_TRUE(events.ok()) << events.status();
  return events.ok() ? events->events : std::vector<std::string>{};
}

// What a worker does with two attempts; each promise that was given is noted.
struct Promises {
  bool began_a = false, result_a = false, removed_a = false, tried_to_remove_a = false;
  bool began_b = false;
};

Promises RunAWorker(Storage& storage) {
  Promises out;
  auto opened = Spool::Open(storage, "/spool");
  if (!opened.ok()) return out;
  auto a = opened->spool->Begin(kA, "about a");
  if (!a.ok()) return out;
  out.began_a = true;
  for (const char* event : {"one", "two", "three"}) {
    if (!(*a)->AppendEvent(event).ok()) return out;
  }
  if (!(*a)->AppendLog("log of a\n").ok()) return out;
  auto b = opened->spool->Begin(kB, "about b");
  if (!b.ok()) return out;
  out.began_b = true;
  if (!(*b)->AppendEvent("alpha").ok()) return out;
  if (!(*a)->SetResult("result of a").ok()) return out;
  out.result_a = true;
  if (!(*b)->AppendEvent("beta").ok()) return out;
  out.tried_to_remove_a = true;
  out.removed_a = opened->spool->Remove(kA).ok();
  return out;
}

// A power cut may take an attempt that has no result yet; nothing else may be lost or damaged.
void ExpectPromisesKept(Storage& storage, const Promises& promised, CrashingStorage::Loss loss) {
  const Spool::Opened opened = MustOpen(storage);
  const auto a = opened.spool->Find(kA);
  const auto b = opened.spool->Find(kB);
  EXPECT_THAT(opened.damaged, IsEmpty());
  if (promised.removed_a) {
    EXPECT_EQ(a, nullptr);
  }
  if (promised.result_a && a) {
    EXPECT_EQ(a->result(), "result of a");
  }
  if (a && a->result()) {
    EXPECT_EQ(a->description(), "about a");
    EXPECT_EQ(*a->result(), "result of a");
    EXPECT_THAT(AllEvents(*a), ElementsAre("one", "two", "three"));
  }
  if (promised.result_a && !promised.tried_to_remove_a) {
    EXPECT_NE(a, nullptr);
  }
  if (loss == CrashingStorage::Loss::kPowerCut) return;
  EXPECT_THAT(opened.set_aside, IsEmpty());
  if (promised.began_a && !promised.tried_to_remove_a) {
    EXPECT_NE(a, nullptr);
  }
  if (promised.began_b) {
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b->result(), std::nullopt);
  }
}

// Stops the worker at every single change of the disk, in turn, by a kill and by a power cut, and looks at what the
// next one finds. It also crashes while it recovers, at every point of that.
TEST(Spool, KeepsEveryPromiseWhereverItIsStopped) {
  CrashingStorage whole;
  const Promises done = RunAWorker(whole);
  ASSERT_TRUE(done.removed_a);
  for (int stop = 1; stop <= whole.changes(); ++stop) {
    for (const auto loss : {CrashingStorage::Loss::kProcessKilled, CrashingStorage::Loss::kPowerCut}) {
      SCOPED_TRACE(absl::StrCat("stopped after change ", stop, loss == CrashingStorage::Loss::kPowerCut ? ", power cut" : ""));
      for (int again = 1; again < 12; ++again) {
        CrashingStorage storage;
        storage.CrashAfter(stop);
        const Promises promised = RunAWorker(storage);
        storage.Restart(loss);
        storage.CrashAfter(again);
        (void)Spool::Open(storage, "/spool");
        storage.Restart(loss);
        ExpectPromisesKept(storage, promised, loss);
      }
    }
  }
}

TEST(Spool, AnEntryGoesOnAfterARestart) {
  CrashingStorage storage;
  {
    const Spool::Opened opened = MustOpen(storage);
    auto entry = opened.spool->Begin(kA, "about a");
    ASSERT_TRUE((*entry)->AppendEvent("one").ok());
    ASSERT_TRUE((*entry)->AppendLog("first\n").ok());
  }
  storage.Restart(CrashingStorage::Loss::kProcessKilled);
  const Spool::Opened opened = MustOpen(storage);
  const auto entry = opened.spool->Find(kA);
  ASSERT_NE(entry, nullptr);
  ASSERT_TRUE(entry->AppendEvent("two").ok());
  ASSERT_TRUE(entry->AppendLog("second\n").ok());
  EXPECT_THAT(AllEvents(*entry), ElementsAre("one", "two"));
  EXPECT_EQ(*entry->ReadLog(0, 100), "first\nsecond\n");
  EXPECT_EQ(*entry->ReadLog(6, 3), "sec");
}

TEST(Spool, DamagedEntriesAreSetAsideAndTheOthersUsed) {
  for (const std::string file : {"description", "result"}) {
    CrashingStorage storage;
    std::size_t size = 0;
    {
      const Spool::Opened opened = MustOpen(storage);
      ASSERT_TRUE((*opened.spool->Begin(kA, "about a"))->SetResult("a").ok());
      ASSERT_TRUE((*opened.spool->Begin(kB, "about b"))->SetResult("b").ok());
      size = storage.SizeOf("/spool/task-a.1/" + file);
    }
    for (std::size_t at = 0; at < size; ++at) {
      SCOPED_TRACE(absl::StrCat(file, " damaged at byte ", at));
      storage.Flip("/spool/task-a.1/" + file, at);
      const Spool::Opened opened = MustOpen(storage);
      ASSERT_THAT(opened.set_aside, SizeIs(1));
      EXPECT_EQ(opened.set_aside[0].name, "task-a.1");
      EXPECT_EQ(opened.spool->Find(kA), nullptr);
      EXPECT_EQ(opened.spool->Find(kB)->result(), "b");
      const auto aside = *storage.List("/spool/set-aside");
      ASSERT_TRUE(storage.Rename("/spool/set-aside/" + aside.back(), "/spool/task-a.1").ok());
      storage.Flip("/spool/task-a.1/" + file, at);
    }
  }
}

TEST(Spool, ADamagedJournalGivesWhatIsBeforeTheDamageAndSaysSo) {
  CrashingStorage storage;
  {
    const Spool::Opened opened = MustOpen(storage);
    auto entry = *opened.spool->Begin(kA, "about a");
    for (const char* event : {"one", "two", "three"}) ASSERT_TRUE(entry->AppendEvent(event).ok());
    ASSERT_TRUE(entry->SetResult("a").ok());
  }
  storage.Flip("/spool/task-a.1/events", storage.SizeOf("/spool/task-a.1/events") - 1);
  const Spool::Opened opened = MustOpen(storage);
  ASSERT_THAT(opened.damaged, SizeIs(1));
  EXPECT_THAT(opened.damaged[0].what, HasSubstr("unreadable"));
  EXPECT_THAT(AllEvents(*opened.spool->Find(kA)), ElementsAre("one", "two"));
  EXPECT_EQ(opened.spool->Find(kA)->result(), "a");
}

TEST(Spool, StrangersInTheFolderAreSetAside) {
  CrashingStorage storage;
  MustOpen(storage);
  ASSERT_TRUE(storage.MakeFolder("/spool/lost+found").ok());
  ASSERT_TRUE(storage.MakeFolder("/spool/task-c.7").ok());
  const Spool::Opened opened = MustOpen(storage);
  EXPECT_THAT(opened.set_aside, SizeIs(2));
  EXPECT_THAT(MustOpen(storage).set_aside, IsEmpty());
}

TEST(Spool, AFullDiskIsNamedAndWhatStoodStaysWhole) {
  CrashingStorage storage;
  const Spool::Opened opened = MustOpen(storage);
  auto entry = *opened.spool->Begin(kA, "about a");
  ASSERT_TRUE(entry->AppendEvent("one").ok());
  storage.SetFull(true);
  EXPECT_TRUE(absl::IsResourceExhausted(entry->AppendEvent("two")));
  EXPECT_TRUE(absl::IsResourceExhausted(entry->SetResult("a")));
  EXPECT_TRUE(absl::IsResourceExhausted(opened.spool->Begin(kB, "about b").status()));
  EXPECT_EQ(entry->result(), std::nullopt);
  storage.SetFull(false);
  EXPECT_TRUE(entry->SetResult("a").ok());
  EXPECT_TRUE(opened.spool->Begin(kB, "about b").ok());
  EXPECT_THAT(AllEvents(*entry), ElementsAre("one"));
}

TEST(Spool, JournalAndLogAreBounded) {
  CrashingStorage storage;
  const Spool::Opened opened = MustOpen(storage, {.events_bytes = 100, .log_bytes = 10});
  auto entry = *opened.spool->Begin(kA, "");
  ASSERT_TRUE(entry->AppendEvent(std::string(80, 'e')).ok());
  EXPECT_THAT(entry->AppendEvent(std::string(80, 'e')).ToString(), HasSubstr("100 bytes of events"));
  ASSERT_TRUE(entry->AppendLog("123456789").ok());
  ASSERT_TRUE(entry->AppendLog("123456789").ok());
  ASSERT_TRUE(entry->AppendLog("123456789").ok());
  EXPECT_THAT(*entry->ReadLog(0, 1000), HasSubstr("at its limit of 10 bytes\n"));
  EXPECT_LT(entry->log_bytes(), 100U);
}

TEST(Spool, EventsAreReadInPortions) {
  CrashingStorage storage;
  const Spool::Opened opened = MustOpen(storage);
  auto entry = *opened.spool->Begin(kA, "");
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(entry->AppendEvent(absl::StrCat("event ", i)).ok());
  ASSERT_TRUE(entry->AppendEvent(std::string(5U << 20, 'x')).ok());
  ASSERT_TRUE(entry->AppendEvent("last").ok());
  std::vector<std::string> all;
  std::uint64_t offset = 0;
  while (true) {
    auto portion = entry->ReadEvents(offset, 7, 1000);
    ASSERT_TRUE(portion.ok()) << portion.status();
    if (portion->events.empty()) break;
    EXPECT_LE(portion->events.size(), 7U);
    all.insert(all.end(), portion->events.begin(), portion->events.end());
    offset = portion->next_offset;
  }
  ASSERT_THAT(all, SizeIs(52));
  EXPECT_EQ(all[49], "event 49");
  EXPECT_EQ(all[50].size(), 5U << 20);
  EXPECT_EQ(all[51], "last");
}

TEST(Spool, KeysThatCannotNameAFolderAreRefused) {
  CrashingStorage storage;
  const Spool::Opened opened = MustOpen(storage);
  for (const std::string task : {"", "..", "a/b", "a.b", "ü"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(opened.spool->Begin({task, 1}, "").status())) << task;
  }
  ASSERT_TRUE(opened.spool->Begin(kA, "").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(opened.spool->Begin(kA, "").status()));
  EXPECT_EQ(EntryKey::Parse("task-a.1"), kA);
  EXPECT_EQ(EntryKey::Parse("task-a.01"), std::nullopt);
  EXPECT_EQ(EntryKey::Parse("task-a"), std::nullopt);
}

class OnDisk : public ::testing::Test {
 protected:
  OnDisk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-spool-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~OnDisk() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
  DiskStorage storage_;
};

TEST_F(OnDisk, AnEntryWithItsFilesSurvivesAndGoesAsOne) {
  const std::string folder = (folder_ / "spool").string();
  {
    auto opened = Spool::Open(storage_, folder);
    ASSERT_TRUE(opened.ok()) << opened.status();
    auto entry = *opened->spool->Begin(kA, "about a");
    std::ofstream(entry->scratch_folder() + "/checkpoint") << "weights";
    ASSERT_TRUE(entry->AppendEvent("one").ok());
    ASSERT_TRUE(entry->SetResult("a").ok());
  }
  auto opened = Spool::Open(storage_, folder);
  ASSERT_TRUE(opened.ok());
  auto entry = opened->spool->Find(kA);
  ASSERT_NE(entry, nullptr);
  EXPECT_THAT(AllEvents(*entry), ElementsAre("one"));
  EXPECT_TRUE(std::filesystem::exists(entry->scratch_folder() + "/checkpoint"));
  ASSERT_TRUE(opened->spool->Remove(kA).ok());
  EXPECT_FALSE(std::filesystem::exists(entry->folder()));
}

TEST_F(OnDisk, AFullDiskLeavesNoHalfRecord) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full does not exist";
  auto file = storage_.OpenToAppend("/dev/full", Opening::kAtEnd);
  ASSERT_TRUE(file.ok());
  const absl::Status status = (*file)->Append("record");
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(status.ToString(), HasSubstr("/dev/full: No space left on device; free space"));
}

TEST_F(OnDisk, OneThreadMayAppendWhileAnotherReads) {
  auto opened = Spool::Open(storage_, (folder_ / "spool").string());
  ASSERT_TRUE(opened.ok());
  auto entry = *opened->spool->Begin(kA, "");
  std::thread writer([&] {
    for (int i = 0; i < 2000; ++i) EXPECT_TRUE(entry->AppendEvent(absl::StrCat(i)).ok());
  });
  std::uint64_t offset = 0;
  int next = 0;
  while (next < 2000) {
    auto events = entry->ReadEvents(offset, 100, 1U << 20);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const std::string& event : events->events) ASSERT_EQ(event, absl::StrCat(next++));
    offset = events->next_offset;
  }
  writer.join();
}

}  // namespace
}  // namespace interneg::spool
