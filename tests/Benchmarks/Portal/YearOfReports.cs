using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Distribution.Portal;

/// <summary>
/// Fills a state database as if a publisher had published for a year: files, and what each brought in the hours that somebody took it. The tables
/// are the program's own, and what is derived from others is derived by the statements that its upgrade uses. Hours are in the chain's columns, as
/// closed hours are.
/// </summary>
internal static class YearOfReports
{
    private const int HourSeconds = 3600;
    private const int HoursOfYear = 365 * 24;
    private const long SizeBytes = 1_500_000_000;

    /// <returns>Rows of hours.</returns>
    public static async Task<int> FillAsync(string databasePath, int files, int hoursPerFile)
    {
        await using var database = new SqliteConnection($"Data Source={databasePath}");
        await database.OpenAsync();
        using SqliteTransaction all = database.BeginTransaction();
        // The same figures each time.
        var random = new Random(20261130);
        long lastHour =
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / HourSeconds * HourSeconds - 100 * HourSeconds;
        long firstHour = lastHour - (HoursOfYear - 100L) * HourSeconds;
        int rows = 0;
        for (int file = 1; file <= files; file++)
        {
            // Spread over the year, the newest last.
            long bornHour = firstHour + (lastHour - firstHour) / HourSeconds * (file - 1) / files * HourSeconds;
            AddFile(database, file, bornHour);
            rows += AddHours(database, file, bornHour, lastHour, hoursPerFile, random);
        }
        Derive(database);
        await all.CommitAsync();
        Run(database, "ANALYZE");
        return rows;
    }

    private static void AddFile(SqliteConnection database, int file, long bornHour)
    {
        byte[] infoHash = SHA1.HashData(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"f{file}"))
        );
        string id = Id(file);
        string at = DateTimeOffset.FromUnixTimeSeconds(bornHour).ToString("O", CultureInfo.InvariantCulture);
        string record = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"id":"{{id}}","publisherId":"default","title":"Episode {{file}}","name":"episode-{{file}}.mp4","contentType":"video/mp4","sizeBytes":{{SizeBytes}},"state":"published","createdAt":"{{at}}","policy":"everyone","content":{"infoHash":"{{Convert.ToHexStringLower(
                infoHash
            )}}","pieceLengthBytes":1048576,"pieceCount":1431,"sha256":"{{new string(
                'a',
                64
            )}}","infoHashV2":null},"publishedAt":"{{at}}","format":"v1"}
            """
        );
        Run(
            database,
            "INSERT INTO published_file (file_id, publisher_id, created_at, state, record, revision) VALUES ($1, 'default', $2, 2, $3, $4)",
            id,
            DateTimeOffset.FromUnixTimeSeconds(bornHour).UtcTicks,
            Encoding.UTF8.GetBytes(record),
            file
        );
        Run(
            database,
            "INSERT INTO ledger_file (file_key, info_hash, file_id, publisher_id, size_bytes, is_current, is_open, completed, revision) "
                + "VALUES ($1, $2, $3, 'default', $4, 1, 1, 5, $1)",
            file,
            infoHash,
            id,
            SizeBytes
        );
    }

    private static int AddHours(
        SqliteConnection database,
        int file,
        long bornHour,
        long lastHour,
        int hoursPerFile,
        Random random
    )
    {
        // Most of a file is taken soon after it is born.
        var hours = new HashSet<long>();
        long most = (lastHour - bornHour) / HourSeconds;
        for (int i = 0; i < hoursPerFile; i++)
            hours.Add(bornHour + (long)(Math.Pow(random.NextDouble(), 3) * most) * HourSeconds);
        foreach (long hour in hours)
        {
            long high = random.NextInt64(1, 8) * SizeBytes;
            long low = high * 9 / 10;
            long webSeed = high / 5;
            long direct = high / 20;
            long edge = high / 4;
            long fill = random.Next(10) == 0 ? SizeBytes : 0;
            long uploaded = high / 2;
            Run(
                database,
                "INSERT INTO ledger_hour (file_key, hour_start, low, high, web_seed, direct, edge, edge_fill, viewer_upload, is_chained, "
                    + "chained_low, chained_high, chained_web_seed, chained_direct, chained_edge, chained_edge_fill, chained_viewer_upload) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $3, $4, $5, $6, $7, $8, $9)",
                file,
                hour,
                low,
                high,
                webSeed,
                direct,
                edge,
                fill,
                uploaded
            );
            for (int viewer = 0; viewer < 2; viewer++)
            {
                byte[] id = new byte[20];
                random.NextBytes(id);
                Run(
                    database,
                    "INSERT INTO ledger_presence (file_key, hour_start, viewer, got, gave, chained) VALUES ($1, $2, $3, 1, $4, $5)",
                    file,
                    hour,
                    id,
                    viewer,
                    1 + 2 * viewer
                );
            }
        }
        return hours.Count;
    }

    /// <summary>Where the program keeps sums beside the hours.</summary>
    private static void Derive(SqliteConnection database)
    {
        if (!HasTable(database, "ledger_publisher_hour"))
            return;
        Run(
            database,
            "INSERT INTO ledger_publisher_hour SELECT f.publisher_id, h.hour_start, SUM(h.chained_low), SUM(h.chained_high), "
                + "SUM(h.chained_web_seed), SUM(h.chained_direct), SUM(h.chained_edge), SUM(h.chained_edge_fill), SUM(h.chained_viewer_upload), "
                + "SUM(h.chained_cdn), SUM(h.chained_edge_metadata), SUM(h.chained_edge_overhead), SUM(h.chained_waste), SUM(h.late) "
                + "FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE f.publisher_id IS NOT NULL "
                + "GROUP BY f.publisher_id, h.hour_start"
        );
        foreach ((int kind, string who) in new[] { (1, "got = 1"), (2, "gave = 1"), (3, "got + gave > 0") })
            Run(
                database,
                "INSERT INTO ledger_return SELECT f.publisher_id, p.hour_start, p.previous, $1, COUNT(*) FROM (SELECT file_key, hour_start, "
                    + "COALESCE(LAG(hour_start) OVER (PARTITION BY file_key, viewer ORDER BY hour_start), -1) AS previous "
                    + $"FROM ledger_presence WHERE {who}) AS p JOIN ledger_file f ON f.file_key = p.file_key "
                    + "WHERE f.publisher_id IS NOT NULL GROUP BY f.publisher_id, p.hour_start, p.previous",
                kind
            );
    }

    public static string Id(int file) => string.Create(CultureInfo.InvariantCulture, $"{file:x32}");

    private static bool HasTable(SqliteConnection database, string name)
    {
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = $1";
        command.Parameters.AddWithValue("$1", name);
        return (long)command.ExecuteScalar()! > 0;
    }

    private static readonly Dictionary<string, SqliteCommand> Prepared = [];

    private static void Run(SqliteConnection database, string sql, params object[] values)
    {
        if (!Prepared.TryGetValue(sql, out SqliteCommand? command))
        {
            command = database.CreateCommand();
            command.CommandText = sql;
            for (int i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${i}"), null));
            Prepared[sql] = command;
        }
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
