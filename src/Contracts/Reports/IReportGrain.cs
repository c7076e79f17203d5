namespace Distribution.Contracts.Reports;

/// <summary>Reads the ledger. Stateless: any activation answers, key 0.</summary>
public interface IReportGrain : IGrainWithIntegerKey
{
    Task<SavingsReport> GetAsync(ReportQuery query);

    /// <param name="month">Any time in it.</param>
    Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month);
}
