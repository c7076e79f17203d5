using System.Globalization;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;

namespace Distribution.Standalone.Serving;

// What bounds the tracker.
internal sealed partial class ServeSettings
{
    private RequestLimitOptions TrackerLimits()
    {
        var limits = new RequestLimitOptions { IncludesLocal = Flag(ServeSetting.TrackerLimitLocal) };
        limits.AnnouncesPerSecond = Rate(ServeSetting.TrackerLimit, 0, limits.AnnouncesPerSecond);
        int otherwise = Math.Max(limits.AnnouncesPerSecond, limits.AnnouncesPerSecondOfNetwork);
        limits.AnnouncesPerSecondOfNetwork = Rate(ServeSetting.TrackerLimitNetwork, 1, otherwise);
        if (limits.AnnouncesPerSecondOfNetwork < limits.AnnouncesPerSecond)
            Wrong(ServeSetting.TrackerLimitNetwork, "a network has at least what one address of it has");
        return limits;
    }

    private PeerTableOptions TrackerPeers()
    {
        var peers = new PeerTableOptions();
        peers.MostPeers = Count(ServeSetting.TrackerMaxPeers, peers.MostPeers);
        foreach (string problem in peers.Problems())
            Wrong(ServeSetting.TrackerMaxPeers, problem.TrimEnd('.'));
        return peers;
    }

    private int Rate(ServeSetting setting, int least, int otherwise)
    {
        if (Text(setting) is not { } text)
            return otherwise;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate)
            && rate >= least
            && rate <= RequestLimitOptions.MostPerSecond
        )
            return rate;
        Wrong(
            setting,
            $"\"{text}\" is no number of announces a second from {least} to {RequestLimitOptions.MostPerSecond}"
        );
        return otherwise;
    }
}
