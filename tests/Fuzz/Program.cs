using Distribution.Fuzz;
using Distribution.Fuzz.Peers;

// Hostile input for the tracker's three front ends, or for the edge seeder's peer connections; exit status 0: nothing was found, 1: something was, 2: wrong usage.
if (!FuzzOptions.TryParse(args, out FuzzOptions options))
{
    await Console.Error.WriteLineAsync(FuzzOptions.Usage);
    return 2;
}
bool isGood = options.OfPeers
    ? await PeerRun.RunAsync(options, Console.Out)
    : await FuzzRun.RunAsync(options, Console.Out);
return isGood ? 0 : 1;
