using System.Globalization;
using System.Text.Json;
using Distribution.Silos.Serialization;
using Orleans.Storage;

namespace Distribution.Silos.State;

/// <summary>
/// Orleans grain state in the <see cref="StateDatabase"/>, as JSON that a person can read; a row's version is its ETag. Keyed by state
/// name and grain id: state names must be unique.
/// </summary>
internal sealed class StateGrainStorage(StateDatabase database) : IGrainStorage
{
    public const string Name = "state";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string key = grainId.ToString();
        (long Version, byte[] Payload)? row = await database.ReadAsync<(long, byte[])?>(session =>
            session.TryQuery(
                "SELECT version, payload FROM grain_state WHERE state_name = $1 AND grain_id = $2",
                static reader => (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)),
                out (long, byte[]) found,
                stateName,
                key
            )
                ? found
                : null
        );
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = row is { } stored
            ? JsonSerializer.Deserialize<T>(stored.Payload, StateJson.Options)!
            : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string key = grainId.ToString();
        long stored = VersionOf(grainState);
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options);
        await database.WriteAsync(session =>
        {
            int rows =
                stored == 0
                    ? session.Execute(
                        "INSERT INTO grain_state (state_name, grain_id, version, payload) VALUES ($1, $2, 1, $3) "
                            + "ON CONFLICT DO NOTHING",
                        stateName,
                        key,
                        payload
                    )
                    : session.Execute(
                        "UPDATE grain_state SET version = version + 1, payload = $4 "
                            + "WHERE state_name = $1 AND grain_id = $2 AND version = $3",
                        stateName,
                        key,
                        stored,
                        payload
                    );
            if (rows == 0)
                throw new InconsistentStateException(
                    $"The state {stateName} of {key} was changed by another activation."
                );
        });
        grainState.ETag = (stored + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string key = grainId.ToString();
        long stored = VersionOf(grainState);
        await database.WriteAsync(session =>
        {
            int rows = session.Execute(
                "DELETE FROM grain_state WHERE state_name = $1 AND grain_id = $2 AND version = $3",
                stateName,
                key,
                stored
            );
            if (rows == 0 && stored != 0)
                throw new InconsistentStateException(
                    $"The state {stateName} of {key} was changed by another activation."
                );
        });
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static long VersionOf<T>(IGrainState<T> grainState) =>
        grainState.ETag is { } etag ? long.Parse(etag, CultureInfo.InvariantCulture) : 0;
}
