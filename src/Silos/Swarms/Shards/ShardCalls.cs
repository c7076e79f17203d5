namespace Distribution.Silos.Swarms.Shards;

/// <summary>Calls of shards that may have been on a silo which is gone.</summary>
internal static class ShardCalls
{
    /// <summary>
    /// Calls, and once more where the shard's silo ended meanwhile: by then the shard starts on another one. Every announce may be said
    /// twice, as clients do.
    /// </summary>
    public static async ValueTask<T> AnswerAsync<T>(
        this ISwarmShardGrain shard,
        Func<ISwarmShardGrain, ValueTask<T>> call
    )
    {
        try
        {
            return await call(shard).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SiloUnavailableException or OrleansMessageRejectionException)
        {
            return await call(shard).ConfigureAwait(false);
        }
    }
}
