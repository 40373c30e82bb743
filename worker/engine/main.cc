#include "worker/engine/jobs/command_line.h"

int main(int argc, char** argv) { return interneg::jobs::RunProgram(argc, argv); }
