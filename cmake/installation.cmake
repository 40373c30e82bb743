# `cmake --install BUILD --prefix /usr/local`: the four programs, the systemd units and their example settings. The units
# name /usr/local/bin.
install(TARGETS interneg interneg-server interneg-worker interneg-engine RUNTIME DESTINATION bin)
install(FILES deploy/systemd/interneg-server.service deploy/systemd/interneg-worker.service
  DESTINATION lib/systemd/system)
install(FILES deploy/systemd/server.env.example deploy/systemd/worker.env.example DESTINATION share/interneg)
