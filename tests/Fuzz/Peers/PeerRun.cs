using System.Diagnostics;
using System.Globalization;

namespace Distribution.Fuzz.Peers;

/// <summary>One run against the edge seeder's peer connections: rounds, an honest viewer after each, memory looked at three times.</summary>
internal static class PeerRun
{
    private const int PerRound = 3_200;

    /// <summary>True: nothing was found.</summary>
    public static async Task<bool> RunAsync(FuzzOptions options, TextWriter output)
    {
        var findings = new Findings(output);
        await using var target = new PeerTarget(findings);
        var random = new Random(options.Seed);
        var memory = new MemoryWatch(output);
        Queue<double> points = new([0.1, 0.5]);
        var watch = Stopwatch.StartNew();
        long fed = 0;
        while (fed < options.Inputs && (options.Seconds == 0 || watch.Elapsed.TotalSeconds < options.Seconds))
        {
            for (int i = 0; i < PerRound; i++)
                fed += await FeedAsync(target, random, findings);
            await target.CheckHonestAsync();
            if (points.TryPeek(out double point) && fed >= point * options.Inputs)
                memory.Look(points.Dequeue(), findings);
        }
        memory.Look(1, findings);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{fed:N0} inputs with seed {options.Seed} in {watch.Elapsed.TotalSeconds:F1} s, {findings.Count} findings, {target.PayloadBytes:N0} bytes of payload"
            )
        );
        return findings.Count == 0;
    }

    private static async ValueTask<int> FeedAsync(PeerTarget target, Random random, Findings findings)
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
