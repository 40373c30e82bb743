// The token is typed at a real terminal: a pseudo-terminal with the program on its other side.
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <string>

#include <gtest/gtest.h>

#include "tests/client/cli/temporary_folder.h"

namespace interneg::cli {
namespace {

// Reads until the text has come.
bool AwaitText(int terminal, const std::string& text) {
  std::string seen;
  char part[256];
  while (seen.find(text) == std::string::npos) {
    const ssize_t count = read(terminal, part, sizeof part);
    if (count <= 0) return false;
    seen.append(part, static_cast<std::size_t>(count));
  }
  return true;
}

bool Echoes(int terminal) {
  termios mode{};
  return tcgetattr(terminal, &mode) == 0 && (mode.c_lflag & ECHO) != 0;
}

TEST(LoginAtATerminal, CtrlCGivesTheEchoBack) {
  const TemporaryFolder folder;
  int terminal = -1, other_side = -1;
  ASSERT_EQ(openpty(&terminal, &other_side, nullptr, nullptr, nullptr), 0);
  const pid_t child = fork();
  if (child == 0) {
    setenv("XDG_CONFIG_HOME", folder.path().c_str(), 1);
    login_tty(dup(other_side));
    execl(INTERNEG_PROGRAM, "interneg", "login", "--server", "127.0.0.1:1", nullptr);
    _exit(127);
  }
  ASSERT_TRUE(Echoes(terminal));
  ASSERT_TRUE(AwaitText(terminal, "Token: "));
  while (Echoes(terminal)) usleep(1000);
  ASSERT_EQ(write(terminal, "\x03", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_TRUE(Echoes(terminal)) << "the shell after it would be blind";
  close(terminal);
  close(other_side);
}

}  // namespace
}  // namespace interneg::cli
