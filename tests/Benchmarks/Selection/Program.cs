using System.Globalization;
using Distribution.Selection;
using Distribution.Silos.Swarms.Selection;

// `effect [viewers] [runs]`: what the policies do to a simulated swarm. `cost [announces [swarm [policies]]]`: what they cost an announce, with
// which swarms and policies.
string command = args.Length > 0 ? args[0] : "effect";
(string Name, SelectionOptions Options, bool KnowsNetworks)[] cases =
[
    ("random", new SelectionOptions { Policies = [] }, false),
    ("useful", new SelectionOptions { Policies = ["useful"] }, false),
    ("near, by prefix", new SelectionOptions { Policies = ["near"] }, false),
    ("near, by AS and country", new SelectionOptions { Policies = ["near"] }, true),
    ("all, by prefix", new SelectionOptions(), false),
    ("all, by AS and country", new SelectionOptions(), true),
    ("all, 10 % outsiders", new SelectionOptions { OutsidersPercent = 10 }, true),
    ("all, 1 % outsiders", new SelectionOptions { OutsidersPercent = 1 }, true),
];
if (command == "cost")
{
    Console.WriteLine("| swarm | policies | ns an announce | bytes allocated |\n| --- | --- | --- | --- |");
    foreach (
        (string swarm, bool nearby, int peers) in new[]
        {
            ("40", false, 40),
            ("100", false, 100),
            ("1,000", false, 1000),
            ("100,000", false, 100_000),
            ("100,000 of one /24", true, 100_000),
        }
    )
    {
        if (args.Length > 2 && swarm != args[2])
            continue;
        foreach ((string name, SelectionOptions options, bool knowsNetworks) in cases[..^2])
        {
            if (args.Length > 3 && name != args[3])
                continue;
            (double nanoseconds, double bytes) = SelectionCost.Measure(
                options,
                knowsNetworks,
                nearby,
                peers,
                args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 300_000
            );
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {swarm} | {name} | {nanoseconds:F0} | {bytes:F1} |")
            );
        }
    }
    return 0;
}
if (command != "effect")
{
    await Console.Error.WriteLineAsync(
        "usage: Selection effect [VIEWERS] [RUNS] | cost [ANNOUNCES [SWARM [POLICIES]]]"
    );
    return 2;
}
int viewers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2000;
int runs = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
Console.WriteLine($"{viewers} viewers in {InternetPlan.Networks} networks, medians of {runs} runs");
Console.WriteLine(
    "| policies | told in the own network | links in it | viewers' bytes in it | the seed's share | p50 s | p95 s | connected | fewest told | unfinished |"
);
Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
foreach ((string name, SelectionOptions options, bool knowsNetworks) in cases)
{
    SimulationResult[] results =
    [
        .. Enumerable.Range(1, runs).Select(seed => new SwarmSimulation(options, knowsNetworks, viewers, seed).Run()),
    ];
    double Median(Func<SimulationResult, double> of) => results.Select(of).Order().ElementAt(results.Length / 2);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Median(r => r.NearTold):P0} | {Median(r => r.NearLinks):P0} | {Median(r => r.NearBytes):P0} | {Median(r => r.SeedBytes):P0} | {Median(r => r.MedianSeconds):F0} | {Median(r => r.Percentile95Seconds):F0} | {results.Min(r => r.Connected):P1} | {results.Min(r => r.FewestTold):F0} | {results.Sum(r => r.Unfinished):F0} |"
        )
    );
}
return 0;
