using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;

namespace Distribution.Silos.Ledgers;

/// <summary>A <see cref="SendCounter"/> whose fields were read and found plausible.</summary>
internal readonly record struct CheckedCounter(
    InfoHash InfoHash,
    IPAddress Address,
    SendKind Kind,
    long HourStart,
    long BytesSent
)
{
    /// <summary>An exabyte; a counter above it is a mistake.</summary>
    private const long MostBytes = 1L << 60;

    /// <param name="problem">What is wrong, for a log or a caller.</param>
    public static bool TryParse(SendCounter counter, out CheckedCounter parsed, out string? problem)
    {
        parsed = default;
        problem =
            !InfoHash.TryParse(counter.InfoHash, null, out InfoHash infoHash) ? "info-hash is not 40 hexadecimal digits"
            : !IPAddress.TryParse(counter.Address, out IPAddress? address) ? "address is no IP address"
            : !Enum.IsDefined(counter.Kind) || counter.Kind == SendKind.Cdn ? "unknown kind"
            : counter.HourStart < 0 || counter.HourStart % HourTable.HourSeconds != 0 ? "hourStart is no full hour"
            : counter.BytesSent is < 0 or > MostBytes ? "bytesSent is out of range"
            : null;
        if (problem is not null)
            return false;
        IPAddress parsedAddress = IPAddress.Parse(counter.Address);
        parsed = new CheckedCounter(
            infoHash,
            parsedAddress.IsIPv4MappedToIPv6 ? parsedAddress.MapToIPv4() : parsedAddress,
            counter.Kind,
            counter.HourStart,
            counter.BytesSent
        );
        return true;
    }
}
