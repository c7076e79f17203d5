using System.Security.Cryptography;
using Distribution.Silos.State;

namespace Distribution.Silos.Holdouts;

/// <summary>Rows of <c>publisher_holdout</c>, and the secret that viewers are drawn with.</summary>
internal static class HoldoutTable
{
    private const string SecretName = "holdout-secret";
    private const int SecretBytes = 32;

    /// <summary>Brings what this silo draws by up to what is stored.</summary>
    public static async Task FollowAsync(StateDatabase database, HoldoutDraw holdouts)
    {
        List<KeyValuePair<string, int>> percents = await database.ReadAsync(static session =>
            session.Query(
                "SELECT publisher_id, percent FROM publisher_holdout WHERE percent > 0",
                static row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1))
            )
        );
        byte[] secret =
            percents.Count == 0
                ? []
                : await SharedValues.GetOrKeepAsync(database, SecretName, RandomNumberGenerator.GetBytes(SecretBytes));
        holdouts.Take(percents, secret);
    }

    public static Task<int> ReadAsync(StateDatabase database, string publisherId) =>
        database.ReadAsync(session => Read(session, publisherId));

    /// <param name="ifStill">What it must be before, else nothing is changed and the answer is false; null: anything.</param>
    public static Task<bool> SetAsync(StateDatabase database, string publisherId, int percent, int? ifStill) =>
        database.WriteAsync(session =>
        {
            if (ifStill is not null && Read(session, publisherId) != ifStill)
                return false;
            session.Execute(
                "INSERT INTO publisher_holdout (publisher_id, percent) VALUES ($1, $2) "
                    + "ON CONFLICT (publisher_id) DO UPDATE SET percent = excluded.percent",
                publisherId,
                percent
            );
            return true;
        });

    private static int Read(StateSession session, string publisherId) =>
        (int)session.Scalar("SELECT percent FROM publisher_holdout WHERE publisher_id = $1", publisherId);
}
