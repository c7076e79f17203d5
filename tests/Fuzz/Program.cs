using Distribution.Fuzz;

// Hostile input for the tracker's three front ends; exit status 0: nothing was found, 1: something was, 2: wrong usage.
if (!FuzzOptions.TryParse(args, out FuzzOptions options))
{
    await Console.Error.WriteLineAsync(FuzzOptions.Usage);
    return 2;
}
return await FuzzRun.RunAsync(options, Console.Out) ? 0 : 1;
