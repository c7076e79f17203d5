using System.Globalization;
using Distribution.Benchmarks.Allocation;

// One edge with a full uplink and 60 swarms, of which few have most of the viewers: who gets how much? The same arrivals for each policy.
// Usage: Allocation [seed]
const double Seconds = 3600;
const double Round = 2;
const double MegaBit = 125_000;
int seed = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
Console.WriteLine($"60 swarms, Zipf 1.0, an hour, seed {seed}; arrivals a minute by row; the edge has 100 Mbit/s");
Console.WriteLine();
Console.WriteLine(
    "| arrivals | policy | viewers' Mbit/s | per edge byte | finished | time p50 | p95 | p95 of small swarms |"
);
Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
foreach (double arrivals in (double[])[5, 15, 60])
{
    foreach (AllocationPolicy policy in AllocationPolicy.All())
        Console.WriteLine(Run(policy, arrivals / 60));
}

string Run(AllocationPolicy policy, double arrivalsPerSecond)
{
    var random = new Random(seed);
    // Draws of a run's own: arrivals are alike whatever a policy does with them.
    var noise = new Random(seed + 1);
    SimulatedSwarm[] swarms =
    [
        .. Enumerable
            .Range(0, 60)
            .Select(_ => new SimulatedSwarm(random.Next(50, 400) * 1e6, 0.4 + 0.5 * random.NextDouble())),
    ];
    double[] weights = [.. Enumerable.Range(1, swarms.Length).Select(static rank => 1.0 / rank)];
    double allWeights = weights.Sum();
    double nextArrival = 0;
    int arrived = 0;
    var times = new List<double>();
    var timesOfSmall = new List<double>();
    for (double now = 0; now < Seconds; now += Round)
    {
        for (; nextArrival <= now; nextArrival += -Math.Log(1 - random.NextDouble()) / arrivalsPerSecond)
        {
            double drawn = random.NextDouble() * allWeights;
            int which = 0;
            for (; which < swarms.Length - 1 && drawn >= weights[which]; which++)
                drawn -= weights[which];
            double up = Math.Pow(10, random.NextDouble() * 1.3) * 0.5 * MegaBit;
            swarms[which].Viewers.Add(new SimulatedViewer(now, (8 + 40 * random.NextDouble()) * MegaBit, up));
            arrived++;
        }
        SimulatedSwarm[] active = [.. swarms.Where(static swarm => swarm.Viewers.Count > 0)];
        if (active.Length == 0)
            continue;
        double[] limits = policy.Divide(100 * MegaBit, active);
        for (int i = 0; i < active.Length; i++)
            active[i].Run(limits[i], Round, now, noise, active[i].Viewers.Count <= 3 ? timesOfSmall : times);
    }
    double delivered = swarms.Sum(static swarm => swarm.DeliveredBytes);
    double edge = swarms.Sum(static swarm => swarm.EdgeBytes);
    double[] all = [.. times.Concat(timesOfSmall).Order()];
    double[] small = [.. timesOfSmall.Order()];
    return string.Create(
        CultureInfo.InvariantCulture,
        $"| {arrivalsPerSecond * 60:0} | {policy.Name} | {delivered / Seconds / MegaBit:0} | {delivered / edge:0.00} | "
            + $"{all.Length} of {arrived} | {At(all, 0.5):0} s | {At(all, 0.95):0} s | {At(small, 0.95):0} s |"
    );
}

static double At(double[] sorted, double part) =>
    sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
