using NetMon.Query.Commands;

return CommandLine.Run(args);
