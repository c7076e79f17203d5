using System.Diagnostics;
using System.Globalization;
using Distribution.Fuzz.Targets;
using Distribution.Fuzz.Trackers;
using Distribution.Silos.Announces.Limits;

namespace Distribution.Fuzz;

/// <summary>One run: rounds of all front ends, an honest client after each, memory looked at three times.</summary>
internal static class FuzzRun
{
    /// <summary>Inputs of each target in a round of about 3,200: one in fifty goes over a socket.</summary>
    private static readonly int[] PerRound = [1_250, 1_250, 640, 32, 16, 12];

    /// <summary>True: nothing was found.</summary>
    public static async Task<bool> RunAsync(FuzzOptions options, TextWriter output)
    {
        var findings = new Findings(output);
        var tracker = new FuzzTracker(options.Seed);
        await using LiveTracker live = await LiveTracker.StartAsync();
        IFuzzTarget[] targets =
        [
            new UdpTarget(tracker, findings),
            new HttpTarget(tracker, findings),
            new WebSocketTarget(tracker, findings),
            new LiveUdpTarget(live, findings),
            new LiveHttpTarget(live, findings),
            new LiveWebSocketTarget(live, findings),
        ];
        foreach (IFuzzTarget target in targets)
            await target.CheckHonestAsync();
        long[] fed = await FeedAsync(targets, tracker, options, findings, output);
        for (int i = 0; i < targets.Length; i++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{targets[i].Name}: {fed[i]:N0} inputs"));
            await targets[i].DisposeAsync();
        }
        long all = fed.Sum();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{all:N0} inputs with seed {options.Seed}, {findings.Count} findings, {tracker.Budget.Used:N0} peers held, {Limited(tracker):N0} refused by limits"
            )
        );
        return findings.Count == 0;
    }

    private static long Limited(FuzzTracker tracker) =>
        Enum.GetValues<RequestTransport>().Sum(transport => tracker.Limits.Refused(transport));

    private static async Task<long[]> FeedAsync(
        IFuzzTarget[] targets,
        FuzzTracker tracker,
        FuzzOptions options,
        Findings findings,
        TextWriter output
    )
    {
        var random = new Random(options.Seed);
        var memory = new MemoryWatch(output);
        Queue<double> points = new([0.1, 0.5]);
        var fed = new long[targets.Length];
        long all = 0;
        var watch = Stopwatch.StartNew();
        while (all < options.Inputs && (options.Seconds == 0 || watch.Elapsed.TotalSeconds < options.Seconds))
        {
            for (int i = 0; i < targets.Length; i++)
            {
                long enough = fed[i] + PerRound[i];
                while (fed[i] < enough)
                {
                    int count = await FeedAsync(targets[i], random, findings);
                    fed[i] += count;
                    all += count;
                    tracker.Tick();
                }
                await targets[i].CheckHonestAsync();
            }
            if (points.TryPeek(out double point) && all >= point * options.Inputs)
                memory.Look(points.Dequeue(), findings);
        }
        memory.Look(1, findings);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"took {watch.Elapsed.TotalSeconds:F1} s"));
        return fed;
    }

    private static async ValueTask<int> FeedAsync(IFuzzTarget target, Random random, Findings findings)
    {
        try
        {
            return await target.FeedAsync(random);
        }
#pragma warning disable CA1031 // that is what is looked for
        catch (Exception fault)
#pragma warning restore CA1031
        {
            findings.Add(target.Name, $"threw {fault}", []);
            return 1;
        }
    }
}
