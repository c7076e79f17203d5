namespace Distribution.Contracts.Metering;

/// <summary>Counts one receiver's bytes of one file; from <see cref="SendJournal.Meter"/>. Any thread may add.</summary>
public abstract class SendMeter
{
    /// <summary>Adds what a socket has just accepted. Survives the end of the process by any signal once it returns.</summary>
    public abstract void Add(long bytes);

    /// <summary>
    /// Comes before a send whose bytes survive the end of the process from the moment that the system has taken them; <see cref="SendUnderWay.End"/> counts
    /// them.
    /// </summary>
    public abstract void Begin(SendUnderWay send);
}
