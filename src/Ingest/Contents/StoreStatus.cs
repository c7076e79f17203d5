namespace Distribution.Ingest.Contents;

/// <summary>How a write to a content store ended. Other faults are exceptions: nobody can plan for them.</summary>
public enum StoreStatus
{
    Done,

    /// <summary>No room: the disk is full, or below the mark that the store keeps free.</summary>
    Full,
}
