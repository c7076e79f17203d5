using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MaxMind.Db;

namespace Distribution.Silos.Swarms.Networks;

/// <summary>
/// One file in MaxMind's format, read into memory: what it says of an address's autonomous system and country, under the keys of MaxMind's own
/// databases or the flat ones of others. Any thread.
/// </summary>
internal sealed class GeoDatabase : INetworkSource
{
    private const int ProbeStep = 1 << 20;

    private readonly Reader _reader;

    private GeoDatabase(string path, Reader reader)
    {
        Path = path;
        _reader = reader;
    }

    public string Path { get; }

    /// <summary>False: it says nothing of any address that was tried, so it is perhaps of another kind.</summary>
    public bool KnowsAny { get; private set; }

    /// <summary>Reads the file, and looks up addresses all over IPv4, so that damage shows at once.</summary>
    /// <exception cref="GeoDatabaseException">There is no such file, or it is no database.</exception>
    public static GeoDatabase Open(string path)
    {
        try
        {
            // Into memory: a file that is replaced or cut while it is mapped would end the process.
            var database = new GeoDatabase(path, new Reader(path, FileAccessMode.Memory));
            for (long address = ProbeStep; address <= uint.MaxValue; address += ProbeStep)
                database.KnowsAny |=
                    database.Read(new IPAddress(IPAddress.HostToNetworkOrder((int)address) & uint.MaxValue))
                    != NetworkFacts.Unknown;
            return database;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GeoDatabaseException($"The geo database {path} is not there.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GeoDatabaseException($"The geo database {path} cannot be read: {fault.Message}", fault);
        }
#pragma warning disable CA1031 // whatever a damaged file makes the reader throw
        catch (Exception fault)
#pragma warning restore CA1031
        {
            throw new GeoDatabaseException(
                $"The geo database {path} is damaged, or not in MaxMind's format (.mmdb): {fault.Message}",
                fault
            );
        }
    }

    public NetworkFacts Find(IPAddress address)
    {
        try
        {
            return Read(address);
        }
#pragma warning disable CA1031 // a damaged record is one that says nothing: announces go on
        catch (Exception)
#pragma warning restore CA1031
        {
            return NetworkFacts.Unknown;
        }
    }

    private NetworkFacts Read(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && _reader.Metadata.IPVersion != 6)
            return NetworkFacts.Unknown;
        return _reader.Find<Dictionary<string, object>>(address) is { } record
            ? new NetworkFacts(SystemOf(record), CountryOf(record))
            : NetworkFacts.Unknown;
    }

    private static uint SystemOf(Dictionary<string, object> record)
    {
        object? value = record.GetValueOrDefault("autonomous_system_number") ?? record.GetValueOrDefault("asn");
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.StartsWith("AS", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
    }

    private static ushort CountryOf(Dictionary<string, object> record)
    {
        foreach (string key in (ReadOnlySpan<string>)["country", "registered_country", "country_code"])
        {
            object? value = record.GetValueOrDefault(key);
            if (value is Dictionary<string, object> country)
                value = country.GetValueOrDefault("iso_code");
            if (value is string code && NetworkFacts.CountryOf(code) is not 0 and var known)
                return known;
        }
        return 0;
    }
}
