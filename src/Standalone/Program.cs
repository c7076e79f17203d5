using Distribution.Standalone.CommandLine;

return await DistributionProgram.RunAsync(args);
