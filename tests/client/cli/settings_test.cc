#include "client/cli/settings.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "client/cli/credentials.h"
#include "tests/client/cli/temporary_folder.h"

namespace interneg::cli {
namespace {

struct Place {
  TemporaryFolder folder;
  Environment environment;
  Place() {
    environment.working_folder = folder.path() / "work" / "deep";
    environment.system_file = folder.path() / "system.toml";
    environment.variables["XDG_CONFIG_HOME"] = (folder.path() / "config").string();
    std::filesystem::create_directories(environment.working_folder);
  }
  Settings Resolve(const SettingFlags& flags = {}) { return ResolveSettings(flags, environment).value(); }
};

TEST(Settings, EveryLayerGivesWayToTheOneBefore) {
  Place place;
  EXPECT_EQ(place.Resolve().server, "127.0.0.1:7600");
  place.folder.Write("config/interneg/local.toml", "server = \"local:1\"\n");
  EXPECT_EQ(place.Resolve().server, "local:1");
  place.folder.Write("system.toml", "server = \"system:1\"\n");
  EXPECT_EQ(place.Resolve().server, "system:1");
  place.folder.Write("config/interneg/login.toml", "server = \"login:1\"\n");
  EXPECT_EQ(place.Resolve().server, "login:1");
  place.folder.Write("config/interneg/config.toml", "server = \"user:1\"\n");
  EXPECT_EQ(place.Resolve().server, "user:1");
  place.folder.Write("work/.interneg.toml", "server = \"project:1\"\n");
  EXPECT_EQ(place.Resolve().server, "project:1");
  place.environment.variables["INTERNEG_SERVER"] = "variable:1";
  EXPECT_EQ(place.Resolve().server, "variable:1");
  SettingFlags flags;
  flags.server = "flag:1";
  EXPECT_EQ(place.Resolve(flags).server, "flag:1");
}

// A project file comes with somebody's material: naming a server there must not draw this person's token to it.
TEST(Settings, AFilesTokenGoesOnlyToTheServerOfThatFile) {
  Place place;
  place.folder.Write("config/interneg/login.toml", "server = \"farm:1\"\ntoken = \"secret\"\n");
  EXPECT_EQ(place.Resolve().token, "secret");
  place.folder.Write("work/.interneg.toml", "server = \"elsewhere:1\"\n");
  const Settings settings = place.Resolve();
  EXPECT_EQ(settings.server, "elsewhere:1");
  EXPECT_EQ(settings.token, "");
  EXPECT_TRUE(absl::IsUnauthenticated(ReadToken(settings).status()));
}

// Who may answer for the farm is as much a secret's keeper as the token's place.
TEST(Settings, CertificatesHoldForTheServerOfTheirFile) {
  Place place;
  place.folder.Write("config/interneg/login.toml", "server = \"farm:1\"\ntoken = \"secret\"\nca_file = \"farm.pem\"\n");
  EXPECT_EQ(place.Resolve().ca_file, (place.folder.path() / "config/interneg/farm.pem").string());
  SettingFlags flags;
  flags.server = "127.0.0.1:7600";
  EXPECT_EQ(place.Resolve(flags).ca_file, "") << "another server";
  place.folder.Write("work/.interneg.toml", "server = \"farm:1\"\nca_file = \"mine.pem\"\n");
  EXPECT_EQ(place.Resolve().ca_file, (place.folder.path() / "config/interneg/farm.pem").string());
  place.folder.Write("work/.interneg.toml", "server = \"farm:1\"\nca_file = \"mine.pem\"\ntoken = \"its own\"\n");
  EXPECT_EQ(place.Resolve().ca_file, (place.folder.path() / "work/mine.pem").string());
  flags.ca_file = "said.pem";
  EXPECT_EQ(place.Resolve(flags).ca_file, (place.environment.working_folder / "said.pem").string());
}

TEST(Settings, TokenFilesAreRelativeToTheirFile) {
  Place place;
  place.folder.Write("config/interneg/config.toml", "server = \"farm:1\"\ntoken_file = \"t\"\n");
  EXPECT_EQ(place.Resolve().token_file, (place.folder.path() / "config/interneg/t").string());
}

TEST(Settings, AProjectsFileSaysWhichColourItsJobsHave) {
  Place place;
  EXPECT_EQ(place.Resolve().color.ocio_config.value, "");
  const auto file = place.folder.Write("work/.interneg.toml",
                                       "ocio_config = \"color/show.ocio\"\nocio_sha256 = \"aa\"\ndomain = \"log\"\n"
                                       "working_space = \"ACEScct\"\n");
  const ColorDefaults color = place.Resolve().color;
  EXPECT_EQ(color.ocio_config.value,
            "local:" + (place.folder.path() / "work/color/show.ocio").relative_path().string());
  EXPECT_EQ(color.ocio_config.name, "ocio_config of " + file.string());
  EXPECT_EQ(color.ocio_sha256.value, "aa");
  EXPECT_EQ(color.domain.value, "log");
  EXPECT_EQ(color.domain.name, "domain of " + file.string());
  EXPECT_EQ(color.working_space.value, "ACEScct");
  place.folder.Write("work/.interneg.toml", "ocio_config = \"shows:lab/c.ocio\"\n");
  EXPECT_EQ(place.Resolve().color.ocio_config.value, "shows:lab/c.ocio") << "a root's path starts at the root";
  place.folder.Write("config/interneg/config.toml", "ocio_config = \"shows:lab/c.ocio\"\nocio_sha256 = \"aa\"\n");
  place.folder.Write("work/.interneg.toml", "ocio_config = \"builtin\"\n");
  EXPECT_EQ(place.Resolve().color.ocio_config.value, kBuiltInConfig) << "no file of that name";
  EXPECT_EQ(place.Resolve().color.ocio_sha256.value, "") << "it is the other configuration's";
  place.folder.Write("work/.interneg.toml", "ocio_config = \"shows:../c.ocio\"\n");
  const auto refused = ResolveSettings({}, place.environment);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().message().find("ocio_config of " + file.string()), std::string::npos);
}

// A hash pins one configuration: another's must not be refused by it, nor go unpinned by mistake.
TEST(Settings, AHashHoldsForTheConfigurationOfItsOwnPlaceOrALaterOne) {
  Place place;
  place.folder.Write("work/.interneg.toml", "ocio_config = \"shows:lab/c.ocio\"\nocio_sha256 = \"aa\"\n");
  place.environment.variables["INTERNEG_OCIO_CONFIG"] = "shows:other.ocio";
  EXPECT_EQ(place.Resolve().color.ocio_config.value, "shows:other.ocio");
  EXPECT_EQ(place.Resolve().color.ocio_sha256.value, "");
  place.environment.variables["INTERNEG_OCIO_SHA256"] = "bb";
  EXPECT_EQ(place.Resolve().color.ocio_sha256.value, "bb");
  place.environment.variables.erase("INTERNEG_OCIO_CONFIG");
  EXPECT_EQ(place.Resolve().color.ocio_config.value, "shows:lab/c.ocio");
  EXPECT_EQ(place.Resolve().color.ocio_sha256.value, "bb") << "said for whatever configuration there is";
}

TEST(Settings, AnUnknownKeyIsNamedWithItsFile) {
  Place place;
  const auto file = place.folder.Write("config/interneg/config.toml", "sever = \"farm:1\"\n");
  const auto settings = ResolveSettings({}, place.environment);
  ASSERT_FALSE(settings.ok());
  EXPECT_NE(settings.status().message().find(file.string() + ": there is no setting \"sever\""), std::string::npos);
}

TEST(Credentials, AFileThatOthersMayReadIsRefusedWithTheRemedy) {
  Place place;
  Settings settings;
  settings.token_file = place.folder.Write("token", "secret\n").string();
  chmod(settings.token_file.c_str(), 0644);
  const auto refused = ReadToken(settings);
  EXPECT_TRUE(absl::IsUnauthenticated(refused.status()));
  EXPECT_NE(refused.status().message().find("chmod 600"), std::string::npos);
  chmod(settings.token_file.c_str(), 0600);
  EXPECT_EQ(ReadToken(settings).value(), "secret");
}

TEST(Credentials, ALoginIsKeptPrivateAndFoundAgain) {
  Place place;
  ASSERT_TRUE(StoreLogin(place.environment.ConfigFolder(), "farm:7600", "secret", "").ok());
  struct stat facts {};
  ASSERT_EQ(stat((place.environment.ConfigFolder() / "login.toml").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  EXPECT_EQ(place.Resolve().server, "farm:7600");
  EXPECT_EQ(ReadToken(place.Resolve()).value(), "secret");
  EXPECT_FALSE(StoreLogin(place.environment.ConfigFolder(), "farm:7600", "a\"b", "").ok());
}

}  // namespace
}  // namespace interneg::cli
