namespace Distribution.Ingest.Transport;

/// <summary>Hears of a <see cref="SendQueue"/> from whichever thread sends. Be quick.</summary>
internal interface ISendQueueOwner
{
    /// <summary>The socket took something; it is counted.</summary>
    void Drained();

    /// <summary>The peer takes next to nothing of what waits.</summary>
    void Stalled();

    /// <summary>Once: nothing more will be sent or counted.</summary>
    void Ended(SendEnd end);
}
