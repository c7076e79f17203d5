using System.Net;
using Distribution.Silos.Swarms.Networks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Swarms.Networks;

public sealed class GeoDatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("203.0.113.7", 64500u, "DE")]
    [InlineData("198.51.100.200", 64501u, "FR")]
    [InlineData("192.0.2.1", 0u, null)]
    [InlineData("2001:db8:1::5", 64502u, "IT")]
    [InlineData("2001:db9::5", 0u, null)]
    public void Systems_and_countries_are_found_in_both_families(string address, uint system, string? country)
    {
        var databases = new GeoDatabases([
            Save("asn.mmdb", Systems(isIPv6: true)),
            Save("country.mmdb", Countries(isIPv6: true)),
        ]);

        NetworkFacts found = databases.Find(IPAddress.Parse(address));

        Assert.Equal(system, found.System);
        Assert.Equal(country is null ? 0 : NetworkFacts.CountryOf(country), found.Country);
        Assert.Empty(databases.Silent);
    }

    [Fact]
    public void A_database_of_IPv4_knows_nothing_of_IPv6()
    {
        GeoDatabase database = GeoDatabase.Open(
            Save("four.mmdb", new MmdbFile(false).Add("203.0.113.0/24", System(64500)))
        );

        Assert.Equal(64500u, database.Find(IPAddress.Parse("203.0.113.9")).System);
        Assert.Equal(NetworkFacts.Unknown, database.Find(IPAddress.Parse("2001:db8::1")));
    }

    [Theory]
    [InlineData("asn", "AS64511")]
    [InlineData("asn", 64511u)]
    [InlineData("autonomous_system_number", 64511u)]
    public void Flat_keys_of_other_makers_are_read_too(string key, object value)
    {
        var record = new Dictionary<string, object> { [key] = value, ["country_code"] = "nl" };
        GeoDatabase database = GeoDatabase.Open(Save("flat.mmdb", new MmdbFile(true).Add("203.0.113.0/24", record)));

        Assert.Equal(
            new NetworkFacts(64511, NetworkFacts.CountryOf("NL")),
            database.Find(IPAddress.Parse("203.0.113.9"))
        );
    }

    [Fact]
    public void Records_of_another_kind_say_nothing_and_harm_nothing()
    {
        var record = new Dictionary<string, object>
        {
            ["autonomous_system_number"] = "many",
            ["country"] = new Dictionary<string, object> { ["iso_code"] = "Atlantis" },
        };
        var databases = new GeoDatabases([Save("odd.mmdb", new MmdbFile(true).Add("16.0.0.0/8", record))]);

        Assert.Equal(NetworkFacts.Unknown, databases.Find(IPAddress.Parse("16.1.2.3")));
        Assert.Single(databases.Silent);
    }

    [Fact]
    public void All_files_that_cannot_be_used_are_named()
    {
        string good = Save("good.mmdb", Systems(isIPv6: true));
        string text = Path.Combine(_folder.Path, "text.mmdb");
        File.WriteAllText(text, "no database");
        string empty = Path.Combine(_folder.Path, "empty.mmdb");
        File.WriteAllBytes(empty, []);
        string missing = Path.Combine(_folder.Path, "missing.mmdb");

        string message = Assert
            .Throws<GeoDatabaseException>(() => new GeoDatabases([good, text, empty, missing, _folder.Path]))
            .Message;

        Assert.Contains($"{text} is damaged", message, StringComparison.Ordinal);
        Assert.Contains($"{empty} is damaged", message, StringComparison.Ordinal);
        Assert.Contains($"{missing} is not there", message, StringComparison.Ordinal);
        Assert.Contains($"{_folder.Path} cannot be read", message, StringComparison.Ordinal);
        Assert.DoesNotContain("good.mmdb", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_ends_in_an_error_or_in_answers()
    {
        byte[] whole = Systems(isIPv6: true).Add("16.0.0.0/4", System(1)).ToBytes();
        var random = new Random(5);
        string path = Path.Combine(_folder.Path, "damaged.mmdb");
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. whole];
            if (round % 3 == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            else
            {
                for (int flips = random.Next(1, 8); flips > 0; flips--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }
            File.WriteAllBytes(path, damaged);
            try
            {
                GeoDatabase database = GeoDatabase.Open(path);
                database.Find(IPAddress.Parse("203.0.113.7"));
                database.Find(IPAddress.Parse("2001:db8:1::5"));
            }
            catch (GeoDatabaseException fault)
            {
                Assert.Contains(path, fault.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.InRange(refused, 100, 300);
    }

    [Fact]
    public void A_file_that_is_replaced_is_read_again_and_a_bad_one_is_not_used()
    {
        string path = Save("asn.mmdb", new MmdbFile(true).Add("203.0.113.0/24", System(64500)));
        var databases = new GeoDatabases([path]);
        Assert.Empty(databases.Refresh(out _));

        File.WriteAllText(path, "half a file");
        Assert.Empty(databases.Refresh(out IReadOnlyList<string> problems));
        Assert.Single(problems);
        Assert.Equal(64500u, databases.Find(IPAddress.Parse("203.0.113.7")).System);

        Save("asn.mmdb", new MmdbFile(true).Add("203.0.113.0/25", System(64999)));
        Assert.Equal([path], databases.Refresh(out problems));
        Assert.Empty(problems);
        Assert.Equal(64999u, databases.Find(IPAddress.Parse("203.0.113.7")).System);
    }

    [Fact]
    public async Task The_follower_looks_once_a_minute()
    {
        string path = Save("asn.mmdb", new MmdbFile(true).Add("203.0.113.0/24", System(64500)));
        var databases = new GeoDatabases([path]);
        var clock = new FakeTimeProvider();
        using var follower = new GeoDatabasesFollower(databases, clock, NullLogger<GeoDatabasesFollower>.Instance);
        await follower.StartAsync(TestContext.Current.CancellationToken);
        Save("asn.mmdb", new MmdbFile(true).Add("203.0.113.0/25", System(64999)));

        // It may not wait for its timer yet when the first minute passes.
        for (int minute = 0; minute < 1000 && databases.Find(IPAddress.Parse("203.0.113.7")).System != 64999; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(64999u, databases.Find(IPAddress.Parse("203.0.113.7")).System);
        await follower.StopAsync(TestContext.Current.CancellationToken);
    }

    private static MmdbFile Systems(bool isIPv6) =>
        new MmdbFile(isIPv6)
            .Add("203.0.113.0/24", System(64500))
            .Add("198.51.100.0/24", System(64501))
            .Add("16.0.0.0/12", System(64503))
            .Add("2001:db8::/32", System(64502));

    private static MmdbFile Countries(bool isIPv6) =>
        new MmdbFile(isIPv6)
            .Add("203.0.113.0/24", Country("DE"))
            .Add("198.51.100.0/25", Country("BE"))
            .Add("198.51.100.128/25", Country("FR"))
            .Add("16.0.0.0/12", Country("US"))
            .Add("2001:db8:1::/48", Country("IT"));

    private static Dictionary<string, object> System(uint number) =>
        new() { ["autonomous_system_number"] = number, ["autonomous_system_organization"] = "Somebody" };

    private static Dictionary<string, object> Country(string code) =>
        new()
        {
            ["country"] = new Dictionary<string, object> { ["iso_code"] = code, ["geoname_id"] = 1u },
        };

    private string Save(string name, MmdbFile file)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, file.ToBytes());
        return path;
    }
}
