using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Telemetry;

/// <summary>Announces answered by event and outcome, so that a batch makes a few measurements. One thread.</summary>
internal sealed class AnnounceTally
{
    public const int Events = (int)AnnounceEvent.Paused + 1;

    private readonly int[] _counts = new int[2 * Events];

    public void Count(AnnounceEvent announceEvent, bool refused) => _counts[IndexOf(announceEvent, refused)]++;

    /// <summary>The count, which is 0 afterwards.</summary>
    public int Take(AnnounceEvent announceEvent, bool refused)
    {
        ref int count = ref _counts[IndexOf(announceEvent, refused)];
        int taken = count;
        count = 0;
        return taken;
    }

    private static int IndexOf(AnnounceEvent announceEvent, bool refused) =>
        (int)announceEvent + (refused ? Events : 0);
}
